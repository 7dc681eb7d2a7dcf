import { beforeAll, describe, expect, it } from 'vitest';
import type { PolicyDocument } from '../../infra/policies/policy-document.ts';
import { evaluateGraph } from '../../local/graph/evaluate-graph.ts';
import { readWiring } from '../../local/graph/read-wiring.ts';
import type { Wiring } from '../../local/graph/wiring.ts';
import { DATA_TABLES, TASK_FUNCTIONS } from '../../local/permissions.ts';
import { recordEmbedded } from './iam/embedded-scenarios.ts';
import { EXCEPTIONS, isExcepted } from './iam/exceptions.ts';
import { grantsOf, refusals, unusedGrants } from './iam/roles.ts';
import { knowsNoResource } from './iam/simulator.ts';

/** The scenarios take 81 s where two cores do nothing else. */
const PATIENCE = 480_000;

let wiring: Wiring;
let asked: Awaited<ReturnType<typeof recordEmbedded>>;

beforeAll(async () => {
  const config = { dataTables: DATA_TABLES, taskFunctions: TASK_FUNCTIONS };
  wiring = readWiring(await evaluateGraph({ environment: 'local', config }));
  asked = await recordEmbedded();
}, PATIENCE);

describe('the roles of the functions', () => {
  it('allow all that the functions ask', async () => {
    expect(await refusals(wiring.functions, asked)).toEqual([]);
  });

  it('allow nothing that no function asks', () => {
    const unused = unusedGrants(wiring.functions, asked);
    expect(unused.filter((grant) => !EXCEPTIONS.some((exception) => isExcepted(grant, exception)))).toEqual([]);
  });

  it.each(EXCEPTIONS)('are excepted only where it is so: $reason', (exception) => {
    const left = exception.race ? grantsOf(wiring.functions) : unusedGrants(wiring.functions, asked);
    expect(left.some((grant) => isExcepted(grant, exception))).toBe(true);
  });

  it('name every action, and every resource where AWS has any', async () => {
    const wide = grantsOf([...wiring.functions, ...wiring.machines]).filter(
      ({ action, resources }) => action.includes('*') || resources.includes('*'),
    );
    const withResources = await Promise.all(wide.map(async (grant) => ((await knowsNoResource(grant.action)) ? [] : [grant])));
    expect(withResources.flat()).toEqual([]);
  });

  it('are missed where an action is taken away', async () => {
    const poor = wiring.functions.map((role) => ({ ...role, policies: without('dynamodb:UpdateItem', role.policies) }));
    expect(await refusals(poor, asked)).toContain(
      `pause-run needs dynamodb:UpdateItem on ${wiring.tables[0]?.arn}: add it to its entry in functions/catalog.`,
    );
  });
});

const without = (action: string, policies: readonly PolicyDocument[]): readonly PolicyDocument[] =>
  policies.map(({ Version, Statement }) => ({
    Version,
    Statement: Statement.map((one) => ({ ...one, Action: one.Action.filter((given) => given !== action) })).filter(
      ({ Action }) => Action.length > 0,
    ),
  }));
