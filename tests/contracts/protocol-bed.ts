import { expect } from 'vitest';
import { seededIds } from '../../adapters/memory/seeded-ids.ts';
import { VirtualClock } from '../../adapters/memory/virtual-clock.ts';
import { StoreUnansweredError } from '../../shared/errors/store-errors.ts';
import type { RunEvent } from '../../shared/ports/events.ts';
import type { Store, Write } from '../../shared/ports/store.ts';
import type { Execution } from '../../shared/ports/workflow.ts';
import { admitRun } from '../../shared/run/admit-run.ts';
import { completeComponent } from '../../shared/run/component-end.ts';
import { finishRun } from '../../shared/run/finish-run.ts';
import { failover, shiftFlag } from '../../shared/run/flag-access.ts';
import { readFlag } from '../../shared/run/flag-state.ts';
import { componentKey, flagKey } from '../../shared/run/keys.ts';
import type { RunDeps, RunWriter } from '../../shared/run/run-access.ts';
import { startRun } from '../../shared/run/start-run.ts';
import { changeWork, openWork } from '../../shared/run/work-access.ts';

let beds = 0;

/** One clock, one set of executions that nobody carries out, and names that no other bed uses. */
export class Bed {
  readonly clock = new VirtualClock(1_000_000);
  readonly events: RunEvent[] = [];
  readonly executions = new Map<string, Execution>();
  readonly resource: string;
  /** Flags that its runs shift. */
  flags: string[] = [];
  readonly deps: RunDeps;

  constructor(store: Store) {
    beds += 1;
    const mark = `${process.pid}-${Date.now().toString(36)}-${beds}`;
    this.resource = `table:${mark}`;
    const ids = seededIds(beds, this.clock);
    this.deps = {
      store,
      clock: this.clock,
      ids: { next: () => `${mark}-${ids.next()}`, random: () => 0 },
      events: { publish: async (events) => void this.events.push(...events) },
      workflow: {
        arnOf: (machine, execution) => `${machine}/${execution}`,
        start: async (machine, execution) => {
          const arn = `${machine}/${execution}`;
          if (!this.executions.has(arn))
            this.executions.set(arn, { arn, machine, name: execution, status: 'RUNNING', startedAt: 0 });
          return { arn };
        },
        describe: async (arn) => this.executions.get(arn),
        stop: async (arn) => this.end(arn, 'ABORTED'),
        succeed: async () => true,
        fail: async () => true,
      },
    };
  }

  end(arn: string, status: Execution['status']): void {
    const execution = this.executions.get(arn);
    if (execution) this.executions.set(arn, { ...execution, status });
  }

  async start(components: readonly string[] = ['move']): Promise<RunWriter> {
    const { run } = await startRun(this.deps, {
      plan: { name: 'plan', digest: 'd' },
      target: 'staging/plan',
      environment: 'staging',
      actor: 'person',
      onFailure: 'rollback',
      resources: [this.resource],
      flags: this.flags,
      components: components.map((component) => ({ name: component, kind: 'task', phase: 'p' })),
      options: {},
      queue: true,
    });
    return { runId: run.id, epoch: 1 };
  }

  /** A flag at 0 percent that every later run of this bed shifts. */
  async withFlag(): Promise<string> {
    const flag = `flag-${this.resource.slice('table:'.length)}`;
    const set = { environment: 'staging', key: flag, document: { percent: 0 } };
    await this.deps.store.write({ name: 'flag.create', key: flagKey('staging', flag), set, add: { rev: 1 }, when: [] });
    this.flags = [flag];
    return flag;
  }

  async flag() {
    const item = await this.deps.store.read(flagKey('staging', this.flags[0] ?? ''));
    if (!item) throw new Error('the flag is gone');
    return readFlag(item);
  }

  shift(writer: RunWriter, percent: number): Promise<void> {
    const [flag = ''] = this.flags;
    const deadline = this.clock.now() + 10_000;
    return shiftFlag(this.deps, writer, { environment: 'staging', flag, document: { percent }, deadline });
  }

  trip(writer: RunWriter): Promise<boolean> {
    const tripped = { at: this.clock.now(), by: 'alarm', reason: 'errors' };
    return failover(this.deps, writer.runId, { environment: 'staging' }, this.flags[0] ?? '', tripped);
  }

  async admitted(components?: readonly string[]): Promise<RunWriter> {
    const writer = await this.start(components);
    expect(await admitRun(this.deps, writer)).toEqual({ outcome: 'admitted' });
    return writer;
  }

  prepare(writer: RunWriter, component = 'move') {
    return openWork(
      this.deps,
      writer,
      componentKey(writer.runId, component),
      { type: 'rollbackPointCreated', data: {} },
      { status: 'prepared', kind: 'task' },
    );
  }

  async complete(writer: RunWriter): Promise<void> {
    const work = await this.prepare(writer);
    await changeWork(this.deps, work, { type: 'checkpointCreated', data: { step: 0 } }, { set: { cursor: 1, status: 'worked' } });
    await completeComponent(this.deps, writer, 'move');
    expect(await finishRun(this.deps, writer, { outcome: 'completed' })).toEqual({ outcome: 'ended', status: 'succeeded' });
  }

  /** The same ports over a store that loses the answer of one write, once. */
  losing(name: string): RunDeps {
    let lost = false;
    const store: Store = {
      read: (key) => this.deps.store.read(key),
      readMany: (keys) => this.deps.store.readMany(keys),
      list: (pk, options) => this.deps.store.list(pk, options),
      listIndex: (index, value, options) => this.deps.store.listIndex(index, value, options),
      remove: (removal) => this.deps.store.remove(removal),
      write: async (write: Write) => {
        const result = await this.deps.store.write(write);
        if (lost || write.name !== name) return result;
        lost = true;
        throw new StoreUnansweredError('the answer was lost');
      },
    };
    const clock = { now: () => this.clock.now(), sleep: async () => {} };
    return { ...this.deps, store, clock };
  }
}
