import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allow, type PolicyDocument, policyDocument } from '../../../../infra/policies/policy-document.ts';
import { allows, fits } from '../../../../local/graph/allows.ts';

const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/slipway-local';

const grants = (action: string, resource: string): PolicyDocument => policyDocument(...allow('Given', [action], [resource]));

const deny: PolicyDocument = policyDocument({
  Sid: 'Never',
  Effect: 'Deny',
  Action: ['dynamodb:DeleteItem'],
  Resource: ['*'],
});

describe('fits', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', ':', '/'), maxLength: 12 });

  it('takes a pattern without wildcards as itself', () => {
    fc.assert(fc.property(word, word, (pattern, text) => fits(pattern, text) === (pattern === text)));
  });

  it('agrees with the regular expression of the pattern', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 10 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 14 });
    fc.assert(
      fc.property(pattern, text, (given, against) => {
        const expression = new RegExp(`^${given.replaceAll('*', '.*').replaceAll('?', '.')}$`);
        return fits(given, against) === expression.test(against);
      }),
      { numRuns: 2000 },
    );
  });

  it('ends soon on a pattern of many stars', () => {
    expect(fits(`${'a*'.repeat(40)}b`, 'a'.repeat(2_000))).toBe(false);
  });
});

describe('allows', () => {
  it('lets pass what a statement names', () => {
    expect(allows([grants('dynamodb:Query', TABLE)], 'dynamodb:Query', TABLE)).toBe(true);
  });

  it.each([
    ['another action', 'dynamodb:Scan', TABLE],
    ['another table', 'dynamodb:Query', `${TABLE}-2`],
    ['an index of the table', 'dynamodb:Query', `${TABLE}/index/open`],
    ['a prefix of the table', 'dynamodb:Query', TABLE.slice(0, -1)],
  ])('refuses %s', (_, action, resource) => {
    expect(allows([grants('dynamodb:Query', TABLE)], action, resource)).toBe(false);
  });

  it('knows actions in any case, and resources in their own', () => {
    expect(allows([grants('dynamodb:Query', TABLE)], 'DynamoDB:query', TABLE)).toBe(true);
    expect(allows([grants('dynamodb:Query', TABLE)], 'dynamodb:Query', TABLE.toUpperCase())).toBe(false);
  });

  it('covers every version of a function with one star', () => {
    const lambda = 'arn:aws:lambda:us-east-1:000000000000:function:slipway-local-work-segment';
    const policies = [grants('lambda:InvokeFunction', `${lambda}:*`)];
    expect(allows(policies, 'lambda:InvokeFunction', `${lambda}:7`)).toBe(true);
    expect(allows(policies, 'lambda:InvokeFunction', `${lambda}-other:7`)).toBe(false);
  });

  it.each([
    ['a star for the region that would reach over the account', 'dynamodb:Query', 'arn:aws:dynamodb:*:table/slipway-local'],
    ['a star for the service', 'dynamo*:Query', TABLE],
    ['a star over service and action', 'dynamodb*', TABLE],
  ])('takes no wildcard beyond its part, as IAM does: %s', (_, action, resource) => {
    expect(allows([grants(action, resource)], 'dynamodb:Query', TABLE)).toBe(false);
  });

  it('takes what a short pattern leaves out for anything, as IAM does', () => {
    expect(allows([grants('dynamodb:*', 'arn:aws:dynamodb')], 'dynamodb:Query', TABLE)).toBe(true);
    expect(allows([grants('*', 'arn:aws:s3')], 'dynamodb:Query', TABLE)).toBe(false);
  });

  it('lets a denial win over any grant', () => {
    expect(allows([grants('dynamodb:DeleteItem', TABLE), deny], 'dynamodb:DeleteItem', TABLE)).toBe(false);
  });

  it('counts no grant under a condition, for it evaluates none', () => {
    const [statement] = grants('dynamodb:Query', TABLE).Statement;
    if (statement === undefined) throw new Error('no statement');
    const conditional = policyDocument({ ...statement, Condition: { Bool: { 'aws:SecureTransport': 'true' } } });
    expect(allows([conditional], 'dynamodb:Query', TABLE)).toBe(false);
  });

  it('refuses everything without policies', () => {
    expect(allows([], 'dynamodb:Query', TABLE)).toBe(false);
  });
});
