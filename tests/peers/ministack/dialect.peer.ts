import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { machines } from '../../../statemachines/catalog.ts';
import { inDialect } from './dialect.ts';
import { inPolicyDialect } from './policy-dialect.ts';

const definitionOf = (machine: string) =>
  readFileSync(new URL(`../../../statemachines/${machine}.asl.json`, import.meta.url), 'utf8');

/** Paths of everything that two documents do not have in common. */
function differences(one: unknown, other: unknown, path = ''): string[] {
  if (Object.is(one, other)) return [];
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return [path];
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return keys.flatMap((key) =>
    differences(
      (one as { [key: string]: unknown })[key],
      (other as { [key: string]: unknown })[key],
      path === '' ? key : `${path}.${key}`,
    ),
  );
}

describe('the dialect of the peer', () => {
  it.each(machines.map(({ name }) => name))('changes in %s only what it lists', (machine) => {
    const original = definitionOf(machine);
    const { definition, changes } = inDialect(original);
    const paths = changes.map(({ path }) => path);
    const unlisted = differences(JSON.parse(original), JSON.parse(definition)).filter(
      (path) => !paths.some((listed) => path === listed || path.startsWith(`${listed}.`)),
    );
    expect(unlisted).toEqual([]);
  });

  it('leaves alone what the peer understands', () => {
    const plain = '{"StartAt":"A","States":{"A":{"Type":"Task","TimeoutSeconds":5,"End":true}}}';
    expect(inDialect(plain)).toEqual({ definition: plain, changes: [] });
  });

  it('ends where a Succeed state ended, with its output', () => {
    const { definition } = inDialect('{"States":{"A":{"Type":"Succeed","Output":{"a":1}}}}');
    expect(JSON.parse(definition).States.A).toEqual({ Type: 'Pass', Output: { a: 1 }, End: true });
  });

  it('gives the output of a Choice state on the way to its Default only', () => {
    const choice = { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'B' }], Default: 'C', Output: { a: 1 } };
    const { definition } = inDialect(JSON.stringify({ States: { A: choice } }));
    expect(JSON.parse(definition).States).toEqual({
      A: { Type: 'Choice', Choices: choice.Choices, Default: 'ADefault' },
      ADefault: { Type: 'Pass', Output: { a: 1 }, Next: 'C' },
    });
  });

  it('repeats an error without a name where one of ours is repeated, and nowhere else', () => {
    const retry = (...ErrorEquals: readonly string[]) => ({ ErrorEquals, MaxAttempts: 2 });
    const task = { Type: 'Task', Retry: [retry('States.Timeout'), retry('States.Timeout', 'RivalError')] };
    const { definition } = inDialect(JSON.stringify({ States: { A: task } }));
    expect(JSON.parse(definition).States.A.Retry).toEqual([
      retry('States.Timeout'),
      retry('States.Timeout', 'RivalError', 'Runtime.HandlerError'),
    ]);
  });

  it('widens what the peer asks on everything, and no other permission', () => {
    const statement = { Sid: 'Machines', Effect: 'Allow', Resource: ['arn:machine'] };
    const answer = 'states:SendTaskSuccess';
    const policy = { Version: '2012-10-17', Statement: [{ ...statement, Action: ['states:StartExecution', answer] }] };
    expect(JSON.parse(inPolicyDialect(JSON.stringify(policy))).Statement).toEqual([
      { ...statement, Action: ['states:StartExecution'] },
      { ...statement, Sid: 'MachinesOnEverything', Action: [answer], Resource: ['*'] },
    ]);
  });
});
