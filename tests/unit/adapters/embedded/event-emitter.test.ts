import { describe, expect, it } from 'vitest';
import { EventEmitter } from '../../../../adapters/embedded/event-emitter.ts';
import type { RunEvent } from '../../../../shared/ports/events.ts';

const event = {
  type: 'runCreated',
  runId: 'r',
  item: 'RUN',
  rev: 1,
  epoch: 1,
  at: 0,
  actor: 'a',
  data: {},
  prev: '',
  hash: 'h',
} satisfies RunEvent;

describe('EventEmitter', () => {
  it('tells every listener until it leaves', async () => {
    const emitter = new EventEmitter(() => undefined);
    const heard: string[] = [];
    const leave = emitter.subscribe(({ type }) => heard.push(`a ${type}`));
    emitter.subscribe(({ type }) => heard.push(`b ${type}`));
    await emitter.publish([event]);
    leave();
    await emitter.publish([event]);
    expect(heard).toEqual(['a runCreated', 'b runCreated', 'b runCreated']);
  });

  it('reports a listener that throws, and tells the others all the same', async () => {
    const faults: unknown[] = [];
    const emitter = new EventEmitter((error) => faults.push(error));
    const heard: number[] = [];
    emitter.subscribe(() => {
      throw new Error('deaf');
    });
    emitter.subscribe(({ rev }) => heard.push(rev));
    await emitter.publish([event]);
    expect([faults.length, heard]).toEqual([1, [1]]);
  });
});
