import { readFile } from 'node:fs/promises';
import { FlagdCore } from '@openfeature/flagd-core';
import { describe, expect, it } from 'vitest';
import { readFlags } from '../../../shared/flags/read-flags.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const onOff = (targeting: unknown, defaultVariant: string | null = 'off') => ({
  flags: { f: { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant, targeting } },
});

function answers(document: object, context: object) {
  const read = readFlags(document, { now: () => 0 });
  const peer = (disableDynamicCodeGeneration: boolean) => {
    const core = new FlagdCore(undefined, silent, { disableDynamicCodeGeneration });
    core.setConfigurations(JSON.stringify(document));
    const { variant, reason, errorCode } = core.resolveBooleanEvaluation('f', false, context as never);
    return errorCode ?? `${variant} ${reason}`;
  };
  const told = (): string => {
    if (!read.ok) return 'refused';
    const { variant, reason, errorCode } = read.flags.boolean('f', false, context as never);
    return errorCode ?? `${variant} ${reason}`;
  };
  return { ours: told(), compiled: peer(false), interpreted: peer(true) };
}

const when = (test: unknown) => onOff({ if: [test, 'on', 'off'] });
const half = {
  fractional: [
    ['on', 50],
    ['off', 50],
  ],
};
const MATCH = 'TARGETING_MATCH';

/** Each row of the table in docs/flags.md: where it stops being true, the table has to change. */
describe('what differs from flagd', () => {
  it('is the hash of keys beyond ASCII: theirs is of UTF-16 units', () => {
    const keys = Array.from({ length: 200 }, (_, n) => `ключ-${n}`);
    const other = keys.filter((targetingKey) => {
      const { ours, compiled } = answers(onOff(half), { targetingKey });
      return ours.split(' ')[0] !== compiled.split(' ')[0];
    });
    expect(other.length).toBeGreaterThan(50);
  });

  it.each([
    ['the reason of a split', onOff(half), { targetingKey: 'k' }, 'off SPLIT', `off ${MATCH}`, `off ${MATCH}`],
    ['no key and no default', onOff(half, null), {}, 'TARGETING_KEY_MISSING', 'undefined DEFAULT', 'undefined DEFAULT'],
    [
      'a constant that faults where nobody comes',
      when({ and: [{ var: 'x' }, { '/': [1, 0] }] }),
      {},
      `off ${MATCH}`,
      'PARSE_ERROR',
      null,
    ],
    ['null in cat', when({ '===': [{ cat: ['a', { var: 'x' }] }, 'a'] }), {}, `on ${MATCH}`, `off ${MATCH}`, `on ${MATCH}`],
    ['the default of a null', when({ var: ['x', true] }), { x: null }, `on ${MATCH}`, `on ${MATCH}`, `off ${MATCH}`],
    ['a path out of a list', when({ some: [[1], { var: '../x' }] }), {}, 'refused', null, null],
    ['an operator that flagd does not define', when({ preserve: true }), {}, 'refused', `on ${MATCH}`, null],
    [
      'a bucketing value that is a list',
      onOff({ fractional: [{ var: 'x' }, ['on', 1]] }),
      { x: ['off', 0], targetingKey: 'k' },
      'off DEFAULT',
      `on ${MATCH}`,
      null,
    ],
    ['a boolean as a key', onOff({ fractional: [['on', 1]] }), { targetingKey: true }, 'off DEFAULT', `on ${MATCH}`, null],
    ['a document that breaks the schema', { ...when(true), extra: 1 }, {}, 'refused', `on ${MATCH}`, null],
  ])('is %s', (_, document, context, ours, compiled, interpreted) => {
    const found = answers(document, context);
    expect(found).toEqual({ ours, compiled: compiled ?? found.compiled, interpreted: interpreted ?? found.interpreted });
  });

  it('is not the document that the guide shows', async () => {
    const guide = await readFile(new URL('../../../docs/flags.md', import.meta.url), 'utf8');
    const document = JSON.parse(/```json flags\n([\s\S]*?)```/.exec(guide)?.[1] ?? '');
    const read = readFlags(document, { now: () => 0 });
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    expect(read.flags.boolean('city-search', false, { email: 'a@example.org' })).toMatchObject({ value: true, reason: MATCH });
    expect(read.flags.boolean('city-search', false, { targetingKey: 'k' })).toMatchObject({ reason: 'SPLIT' });
  });
});
