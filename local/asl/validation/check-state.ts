import { expressionIn } from '../expressions.ts';
import { parseResource } from '../tasks/resource.ts';
import { parseTimestamp } from '../timestamp.ts';
import { checkCatchers, checkRetriers } from './check-failures.ts';
import { expressionFields, jsonPathFields, stateFields } from './fields.ts';
import { isObject, type Json, type Report } from './report.ts';

export interface CheckContext {
  readonly report: Report;
  readonly express: boolean;
  /** JSONata is set for the whole machine; otherwise each state has to say so. */
  readonly jsonata: boolean;
}

type CheckNested = (processor: Json, location: string) => void;

/** One state: its type, its fields, where it leads, and what only its type knows. */
export function checkState(state: Json, here: string, states: Json, context: CheckContext, nested: CheckNested): void {
  const { report } = context;
  const type = state['Type'];
  if (typeof type !== 'string' || !Object.hasOwn(stateFields, type)) {
    report.add(`${here}/Type`, `Value must be one of [${Object.keys(stateFields).join(', ')}]`);
    return;
  }
  if (!checkLanguage(state, here, context)) return;
  checkFields(state, stateFields[type as keyof typeof stateFields], here, report);
  for (const field of expressionFields) report.expressions(state[field], `${here}/${field}`);
  checkLeaving(state, here, states, report);
  checkRetriers(state['Retry'], `${here}/Retry`, report);
  checkCatchers(state['Catch'], `${here}/Catch`, states, report);
  if (type === 'Task') checkTask(state, here, context);
  if (type === 'Choice') checkChoice(state, here, states, report);
  if (type === 'Wait') checkWait(state, here, report);
  if (type === 'Parallel') checkParallel(state, here, report, nested);
  if (type === 'Map') checkMap(state, here, report, nested);
}

/** False: it is JSONPath, and looking further would only repeat that. */
function checkLanguage(state: Json, here: string, { report, jsonata }: CheckContext): boolean {
  const language = state['QueryLanguage'];
  if (language === 'JSONata' || (language === undefined && jsonata)) return true;
  if (jsonata && language === 'JSONPath')
    report.add(here, "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine");
  else if (language === undefined || language === 'JSONPath') {
    report.add(
      here,
      "Only JSONata states run here: set 'QueryLanguage' to 'JSONata' for the whole state machine or for this state",
    );
  } else report.add(`${here}/QueryLanguage`, 'Value must be one of [JSONata, JSONPath]');
  return false;
}

function checkFields(state: Json, allowed: readonly string[], here: string, report: Report): void {
  for (const field of Object.keys(state)) {
    if (allowed.includes(field)) continue;
    const reason = jsonPathFields.has(field) ? 'belongs to JSONPath and is not supported in JSONata' : 'is not supported';
    report.add(here, `The field '${field}' ${reason}`);
  }
  const assign = state['Assign'];
  if (assign === undefined) return;
  if (!isObject(assign)) report.add(`${here}/Assign`, 'Expected value of type Object');
  else if ('states' in assign) report.add(`${here}/Assign`, "The variable name 'states' is reserved");
}

function checkLeaving(state: Json, here: string, states: Json, report: Report): void {
  const type = state['Type'];
  if (type === 'Choice' || type === 'Succeed' || type === 'Fail') return;
  const { Next: next, End: end } = state;
  if (end !== undefined && typeof end !== 'boolean') report.add(`${here}/End`, 'Expected value of type Boolean');
  if (next === undefined && end !== true) report.add(here, 'These fields are required: [Next] or [End]');
  if (next !== undefined && end === true) report.add(here, "A state has either 'Next' or 'End', not both");
  if (next !== undefined) report.expectTarget(next, `${here}/Next`, states);
}

function checkTask(state: Json, here: string, { report, express }: CheckContext): void {
  report.require(state, ['Resource'], here);
  report.expectNumber(state['TimeoutSeconds'], `${here}/TimeoutSeconds`, 1, true);
  report.expectNumber(state['HeartbeatSeconds'], `${here}/HeartbeatSeconds`, 1, true);
  const { TimeoutSeconds: timeout, HeartbeatSeconds: heartbeat, Credentials: credentials, Resource: resource } = state;
  if (typeof timeout === 'number' && typeof heartbeat === 'number' && heartbeat >= timeout) {
    report.add(`${here}/HeartbeatSeconds`, 'HeartbeatSeconds must be smaller than TimeoutSeconds');
  }
  if (isObject(credentials) && credentials['RoleArn'] === undefined) {
    report.add(`${here}/Credentials`, "The field 'RoleArn' is required but was missing");
  }
  if (typeof resource !== 'string') {
    report.expectString(resource, `${here}/Resource`);
    return;
  }
  const { kind, pattern } = parseResource(resource);
  if (!express) return;
  if (kind === 'activity') report.add(`${here}/Resource`, 'Express state machine does not support Activity ARN');
  if (pattern !== 'request') {
    const suffix = pattern === 'callback' ? 'waitForTaskToken' : pattern;
    report.add(`${here}/Resource`, `Express state machine does not support '.${suffix}' service integration `);
  }
}

function checkChoice(state: Json, here: string, states: Json, report: Report): void {
  const choices = state['Choices'];
  if (!Array.isArray(choices) || choices.length === 0) {
    report.add(`${here}/Choices`, 'Expected a list with at least one rule');
    return;
  }
  if (state['Default'] !== undefined) report.expectTarget(state['Default'], `${here}/Default`, states);
  for (const [index, rule] of choices.entries()) {
    const where = `${here}/Choices[${index}]`;
    if (!isObject(rule)) {
      report.add(where, 'Expected value of type Object');
      continue;
    }
    report.require(rule, ['Condition', 'Next'], where);
    checkFields(rule, ['Condition', 'Next', 'Output', 'Assign', 'Comment'], where, report);
    if (rule['Next'] !== undefined) report.expectTarget(rule['Next'], `${where}/Next`, states);
    for (const field of ['Condition', 'Output', 'Assign']) report.expressions(rule[field], `${where}/${field}`);
  }
}

function checkWait(state: Json, here: string, report: Report): void {
  const { Seconds: seconds, Timestamp: timestamp } = state;
  if ((seconds === undefined) === (timestamp === undefined))
    report.add(here, "A Wait state has exactly one of 'Seconds' and 'Timestamp'");
  report.expectNumber(seconds, `${here}/Seconds`, 0, true);
  report.expectString(timestamp, `${here}/Timestamp`);
  if (typeof timestamp === 'string' && expressionIn(timestamp) === undefined && parseTimestamp(timestamp) === undefined) {
    report.add(`${here}/Timestamp`, 'String does not match RFC3339 timestamp');
  }
}

function checkParallel(state: Json, here: string, report: Report, nested: CheckNested): void {
  const branches = state['Branches'];
  if (!Array.isArray(branches) || branches.length === 0) {
    report.add(`${here}/Branches`, 'Expected a list with at least one branch');
    return;
  }
  for (const [index, branch] of branches.entries()) {
    if (isObject(branch)) nested(branch, `${here}/Branches[${index}]`);
    else report.add(`${here}/Branches[${index}]`, 'Expected value of type Object');
  }
}

function checkMap(state: Json, here: string, report: Report, nested: CheckNested): void {
  const field = state['ItemProcessor'] === undefined && state['Iterator'] !== undefined ? 'Iterator' : 'ItemProcessor';
  report.expectNumber(state['MaxConcurrency'], `${here}/MaxConcurrency`, 0, true);
  report.expectNumber(state['ToleratedFailureCount'], `${here}/ToleratedFailureCount`, 0, true);
  report.expectNumber(state['ToleratedFailurePercentage'], `${here}/ToleratedFailurePercentage`, 0, true);
  if (state['Items'] !== undefined && state['ItemReader'] !== undefined)
    report.add(here, "A Map state has 'Items' or 'ItemReader', not both");
  const processor = state[field];
  if (!isObject(processor)) {
    report.add(here, `These fields are required: [${field}]`);
    return;
  }
  const config = processor['ProcessorConfig'];
  const distributed = isObject(config) && config['Mode'] === 'DISTRIBUTED';
  for (const only of ['ItemReader', 'ItemBatcher', 'ResultWriter']) {
    if (!distributed && state[only] !== undefined)
      report.add(here, `The field '${only}' needs a ProcessorConfig with Mode DISTRIBUTED`);
  }
  nested(processor, `${here}/${field}`);
}
