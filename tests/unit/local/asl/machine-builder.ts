import { seededIds } from '../../../../adapters/memory/seeded-ids.ts';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import { createEngine } from '../../../../local/asl/create-engine.ts';
import type { Engine, EngineOptions } from '../../../../local/asl/engine.ts';
import type { HistoryEvent } from '../../../../local/asl/records.ts';
import { MemoryExecutionStore } from '../../../../local/asl/store/memory-execution-store.ts';
import type { Value } from '../../../../shared/ports/store.ts';
import type { Execution } from '../../../../shared/ports/workflow.ts';

type States = Readonly<Record<string, Value>>;

export const functionArn = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
export const machineArn = (name: string): string => `arn:aws:states:us-east-1:000000000000:stateMachine:${name}`;

export function machine(states: States, more: Readonly<Record<string, Value>> = {}): Value {
  return { QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0] ?? '', States: states, ...more };
}

export function lambdaTask(name: string, more: States = {}): Value {
  return { Type: 'Task', Resource: functionArn(name), ...(more['Next'] === undefined ? { End: true } : {}), ...more };
}

export const startOfTime = Date.UTC(2026, 0, 1);

export interface Bench {
  readonly clock: VirtualClock;
  readonly engine: Engine;
  readonly store: MemoryExecutionStore;
  readonly faults: unknown[];
}

export interface BenchOptions extends Partial<Omit<EngineOptions, 'machines'>> {
  readonly virtual?: VirtualClock;
  readonly seed?: number;
  readonly arns?: readonly string[];
}

/** An engine on a virtual clock and a store in memory, with the definitions as machines of their names. */
export function bench(definitions: Readonly<Record<string, Value>>, options: BenchOptions = {}): Bench {
  const { virtual, seed, ...overrides } = options;
  const clock = virtual ?? new VirtualClock(startOfTime);
  const faults: unknown[] = [];
  const store = (options.store as MemoryExecutionStore | undefined) ?? new MemoryExecutionStore();
  const engine = createEngine({
    clock,
    ids: seededIds(seed ?? 1, clock),
    invoke: async (_, payload) => payload,
    onFault: (_, error) => faults.push(error),
    ...overrides,
    store,
    machines: Object.entries(definitions).map(([name, definition]) => ({ arn: machineArn(name), name, definition })),
  });
  return { clock, engine, store, faults };
}

export interface Outcome extends Execution {
  readonly events: readonly HistoryEvent[];
  readonly types: readonly string[];
}

/** Runs one definition to its end. */
export async function run(definition: Value, input: Value = {}, options: BenchOptions = {}): Promise<Outcome> {
  const { engine, clock, faults } = bench({ machine: definition }, options);
  const { arn } = await engine.start('machine', 'run', input);
  await clock.runUntilIdle();
  return outcome(engine, arn, faults);
}

export async function outcome(engine: Engine, arn: string, faults: readonly unknown[] = []): Promise<Outcome> {
  if (faults.length > 0) throw faults[0];
  const execution = await engine.describe(arn);
  if (execution === undefined) throw new Error(`There is no execution ${arn}.`);
  const events = await engine.history(arn);
  return { ...execution, events, types: events.map(({ type }) => type) };
}
