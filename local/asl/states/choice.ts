import type { ChoiceRule, ChoiceState } from '../definition.ts';
import { NoChoiceMatchedError } from '../errors.ts';
import { checkPayload } from '../payload.ts';
import type { Handler, Step, Visit } from '../visit.ts';

export const runChoice: Handler<ChoiceState> = async (state, visit) => {
  for (const [index, rule] of state.Choices.entries()) {
    const field = `Choices[${index}]`;
    if ((await visit.evaluateAs('boolean', rule.Condition, `${field}/Condition`)) === true)
      return take(rule, rule.Next, `${field}/`, visit);
  }
  if (state.Default === undefined) {
    throw new NoChoiceMatchedError(`No rule of the Choice state '${visit.name}' matched, and it has no Default.`);
  }
  return take(state, state.Default, '', visit);
};

async function take(way: ChoiceRule | ChoiceState, next: string, prefix: string, visit: Visit): Promise<Step> {
  const output = way.Output === undefined ? visit.input : await visit.evaluate(way.Output, `${prefix}Output`);
  const assigned = await visit.assign(way.Assign, `${prefix}Assign`, {});
  return { next, output: checkPayload(output, visit.name), assigned };
}
