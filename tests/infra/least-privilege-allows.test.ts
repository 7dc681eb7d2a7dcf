import { runUnsafeSimulation } from '@cloud-copilot/iam-simulate';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PolicyDocument, Statement } from '../../infra/policies/policy-document.ts';
import { allows } from '../../local/graph/allows.ts';

const ACCOUNT = '123456789012';
const TABLE = `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/`;
const ACTIONS = ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:BatchGetItem'];

const name = fc.string({ unit: fc.constantFrom('a', 'b', '/', 'A'), minLength: 1, maxLength: 5 });
const request = fc.record({
  action: fc.constantFrom(...ACTIONS),
  resource: name.map((table) => TABLE + table),
});

const anyCase = fc.constantFrom(
  (text: string) => text,
  (text: string) => text.toLowerCase(),
  (text: string) => text.toUpperCase(),
);
const action = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constantFrom(...ACTIONS), anyCase).map(([text, change]) => change(text)) },
  { weight: 1, arbitrary: fc.constantFrom('dynamodb:*', 'dynamodb:Batch*', 'dynamodb:Ge?Item', '*', 's3:*', 'dynamo*:*') },
);
/** Wildcards where the program puts them, in the name, and where it must not: in what stands before it. */
const pattern = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.string({ unit: fc.constantFrom('a', 'b', '/', 'A', '*', '?'), maxLength: 5 }).map((text) => TABLE + text),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '*',
      'arn:*',
      `arn:aws:dynamodb:*:${ACCOUNT}:table/*`,
      'arn:aws:dynamodb:*:*:table/a',
      'arn:aws:dynamodb:*:table/*',
      'arn:aws:*:table/a*',
      `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:*`,
      'arn:aws:dynamodb:*',
      `arn:aws:s3:*:${ACCOUNT}:table/*`,
    ),
  },
);

const statement = (conditions: boolean): fc.Arbitrary<Statement> =>
  fc
    .record({
      Effect: fc.constantFrom('Allow' as const, 'Allow' as const, 'Deny' as const),
      Action: fc.array(action, { minLength: 1, maxLength: 3 }),
      Resource: fc.array(pattern, { minLength: 1, maxLength: 3 }),
      Condition: conditions ? fc.option(secure, { nil: undefined }) : fc.constant(undefined),
    })
    .map(({ Condition, ...rest }) => ({ Sid: 'Any', ...rest, ...(Condition === undefined ? {} : { Condition }) }));

const secure = fc.constantFrom('true', 'false').map((value) => ({ Bool: { 'aws:SecureTransport': value } }));

const policies = (conditions: boolean): fc.Arbitrary<readonly PolicyDocument[]> =>
  fc.array(
    fc
      .array(statement(conditions), { minLength: 1, maxLength: 3 })
      .map((Statement) => ({ Version: '2012-10-17' as const, Statement })),
    { maxLength: 2 },
  );

const simulated = (given: readonly PolicyDocument[], asked: { readonly action: string; readonly resource: string }): boolean =>
  runUnsafeSimulation(
    {
      request: {
        principal: `arn:aws:sts::${ACCOUNT}:assumed-role/any/any`,
        action: asked.action,
        resource: { resource: asked.resource, accountId: ACCOUNT },
        contextVariables: { 'aws:SecureTransport': 'true' },
      },
      identityPolicies: given.map((policy, index) => ({ name: String(index), policy })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  ) === 'Allowed';

const RUNS = { numRuns: 3000 };

describe('the evaluator of the embedded control plane', () => {
  it('agrees with the simulator on policies without conditions', () => {
    fc.assert(
      fc.property(policies(false), request, (given, asked) => {
        expect(allows(given, asked.action, asked.resource)).toBe(simulated(given, asked));
      }),
      RUNS,
    );
  });

  it('allows nothing under conditions that the simulator refuses', () => {
    fc.assert(
      fc.property(policies(true), request, (given, asked) => {
        if (allows(given, asked.action, asked.resource)) expect(simulated(given, asked)).toBe(true);
      }),
      RUNS,
    );
  });

  it('is asked both what is allowed and what is not', () => {
    const answers = fc.sample(fc.tuple(policies(true), request), { numRuns: 1000, seed: 1 });
    const yes = answers.filter(([given, asked]) => allows(given, asked.action, asked.resource)).length;
    expect(yes).toBeGreaterThan(30);
    expect(yes).toBeLessThan(970);
  });
});
