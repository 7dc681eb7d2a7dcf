import { seededIds } from '../../../../adapters/memory/seeded-ids.ts';
import { MemoryStore } from '../../../../adapters/memory/store.ts';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import type { RunEvent } from '../../../../shared/ports/events.ts';
import type { Value } from '../../../../shared/ports/store.ts';
import type { Workflow } from '../../../../shared/ports/workflow.ts';
import { admitRun } from '../../../../shared/run/admit-run.ts';
import { componentKey } from '../../../../shared/run/keys.ts';
import type { RunDeps, RunWriter } from '../../../../shared/run/run-access.ts';
import { startRun } from '../../../../shared/run/start-run.ts';
import { openWork, type Work } from '../../../../shared/run/work-access.ts';

/** A workflow that starts nothing and remembers the answers that waiting states got. */
class RecordingWorkflow implements Workflow {
  readonly answers: { readonly token: string; readonly output: Value }[] = [];
  /** The next answer is lost on its way: the caller dies. */
  failNext = false;

  async start(machine: string, name: string) {
    return { arn: this.arnOf(machine, name) };
  }
  arnOf(machine: string, name: string) {
    return `arn:${machine}:${name}`;
  }
  async describe() {
    return undefined;
  }
  async stop() {}
  async succeed(token: string, output: Value) {
    if (this.failNext) {
      this.failNext = false;
      throw new Error('the process died');
    }
    const fresh = !this.answers.some((answer) => answer.token === token);
    if (fresh) this.answers.push({ token, output });
    return fresh;
  }
  async fail() {
    return false;
  }
}

export interface RunWorld {
  readonly deps: RunDeps & { readonly clock: VirtualClock; readonly store: MemoryStore };
  readonly workflow: RecordingWorkflow;
  readonly events: RunEvent[];
  readonly writer: RunWriter;
  /** Creates the item of a component, prepared. */
  open(component: string): Promise<Work>;
}

/** A run that is admitted and has these components, in memory. */
export const runWorld = async (components: Readonly<Record<string, string>>): Promise<RunWorld> => {
  const clock = new VirtualClock(1_000_000);
  const workflow = new RecordingWorkflow();
  const published: RunEvent[] = [];
  const deps = {
    store: new MemoryStore(),
    clock,
    ids: seededIds(1, clock),
    events: {
      publish: async (events: readonly RunEvent[]) => {
        published.push(...events);
      },
    },
    workflow,
  };
  const { run } = await startRun(deps, {
    plan: { name: 'cities', digest: 'abc' },
    target: 'local/cities',
    environment: 'local',
    actor: 'ada',
    onFailure: 'rollback',
    resources: ['target:local/cities'],
    components: Object.entries(components).map(([name, kind]) => ({ name, kind, phase: 'one' })),
    options: {},
    queue: false,
  });
  const writer = { runId: run.id, epoch: run.epoch };
  await admitRun(deps, writer);
  return {
    deps,
    workflow,
    events: published,
    writer,
    open: (component) =>
      openWork(
        deps,
        writer,
        componentKey(run.id, component),
        { type: 'rollbackPointCreated' },
        { status: 'prepared', kind: components[component] ?? 'task' },
      ),
  };
};

/** Runs what waits for the virtual clock to its end, real timers of nought included. */
export const settle = async <T>(clock: VirtualClock, work: Promise<T>): Promise<T> => {
  let over = false;
  const done = () => {
    over = true;
  };
  work.then(done, done);
  while (!over) {
    await clock.runUntilIdle();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return work;
};
