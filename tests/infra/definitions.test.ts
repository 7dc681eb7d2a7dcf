import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkReferences, hasDistributedMap, referencesOf, substitute } from '../../infra/definitions.ts';

const call = (kind: string, name: string) => `\${${kind}:${name}}`;
const definition = JSON.stringify([call('function', 'admit-run'), call('machine', 'rollback'), call('function', 'admit-run')]);

describe('definitions', () => {
  it('tell what they name, each once', () => {
    expect(referencesOf(definition)).toEqual({ functions: ['admit-run'], machines: ['rollback'] });
    expect(referencesOf('{}')).toEqual({ functions: [], machines: [] });
  });

  it('get ARNs in the place of every name', () => {
    const arns = { functions: new Map([['admit-run', 'arn:f:3']]), machines: new Map([['rollback', 'arn:m']]) };
    expect(JSON.parse(substitute(definition, arns))).toEqual(['arn:f:3', 'arn:m', 'arn:f:3']);
  });

  it('are left alone where they name nothing', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        fc.pre(referencesOf(json).functions.length + referencesOf(json).machines.length === 0);
        expect(substitute(json, { functions: new Map(), machines: new Map() })).toBe(json);
      }),
    );
  });

  it('take an ARN as it is, with what a replacement would read as a pattern', () => {
    fc.assert(
      fc.property(fc.string(), (arn) => {
        const text = substitute(call('function', 'work'), { functions: new Map([['work', arn]]), machines: new Map() });
        expect(text).toBe(arn);
      }),
    );
  });

  it('are refused where nothing stands for a name', () => {
    expect(() => substitute(definition, { functions: new Map(), machines: new Map() })).toThrow(/function:admit-run/);
  });

  it('may name only what their catalog entry does', () => {
    const declared = { functions: ['admit-run'], machines: [] };
    expect(() => checkReferences('run', definition, { functions: ['admit-run'], machines: ['rollback'] })).not.toThrow();
    expect(() => checkReferences('run', definition, declared)).toThrow(/run\.asl\.json names machines .*: rollback\. Add/);
  });

  it('hold a distributed Map at any depth', () => {
    const map = (mode: string) => JSON.stringify({ States: { A: { ItemProcessor: { ProcessorConfig: { Mode: mode } } } } });
    expect(hasDistributedMap(map('DISTRIBUTED'))).toBe(true);
    expect(hasDistributedMap(map('INLINE'))).toBe(false);
  });
});
