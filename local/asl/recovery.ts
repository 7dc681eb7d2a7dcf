import type { Value } from '../../shared/ports/store.ts';
import type { ExecutionName } from './arn.ts';
import type { Definition } from './definition.ts';
import type { Restored } from './frame.ts';
import { toDefinition } from './machines.ts';
import { type ExecutionRecord, type FrameRecord, keys, readExecution, readFrame } from './records.ts';
import { CorruptExecutionStoreError, type ExecutionStore } from './store/execution-store.ts';

export interface Recovered {
  readonly name: ExecutionName;
  readonly record: ExecutionRecord;
  readonly definition: Definition;
  readonly restored: Restored;
  readonly lastEvent: number;
}

/** Every execution that was under way, as it was last written. Ended ones whose leavings are still there are swept up. */
export async function readOpenExecutions(store: ExecutionStore): Promise<Recovered[]> {
  const recovered: Recovered[] = [];
  for await (const [key] of store.list(keys.allOpen)) {
    const [, machine = '', name = ''] = key.split('!');
    const found = await readOne(store, { machine, name });
    if (found.record.status === 'RUNNING') recovered.push(found);
    else await forget(store, found.name);
  }
  return recovered;
}

/** The machine of each execution that is under way, as its ARN names it: read from keys alone. */
export async function openExecutions(store: ExecutionStore): Promise<readonly string[]> {
  const machines: string[] = [];
  for await (const [key] of store.list(keys.allOpen)) machines.push(key.split('!')[1] ?? '');
  return machines;
}

/** Drops what only a running execution needs. */
export async function forget(store: ExecutionStore, name: ExecutionName): Promise<void> {
  await store.clear(keys.working(name));
  await store.commit([{ remove: keys.open(name) }]);
}

async function readOne(store: ExecutionStore, name: ExecutionName): Promise<Recovered> {
  const record = readExecution(await present(store, keys.execution(name)), keys.execution(name));
  const definition = toDefinition(
    await present(store, keys.definition(record.definition)),
    `the execution ${record.arn}`,
    record.type,
  );
  const restored = { frames: await readFrames(store, name), variables: await readVariables(store, name) };
  return { name, record, definition, restored, lastEvent: await checkHistory(store, name, restored.frames) };
}

async function present(store: ExecutionStore, key: string): Promise<Value> {
  const value = await store.get(key);
  if (value === undefined) throw damaged(`the record '${key}' is missing`);
  return value;
}

async function readFrames(store: ExecutionStore, name: ExecutionName): Promise<Map<string, FrameRecord>> {
  const prefix = keys.frames(name);
  const frames = new Map<string, FrameRecord>();
  for await (const [key, value] of store.list(prefix)) frames.set(key.slice(prefix.length), readFrame(value, key));
  return frames;
}

async function readVariables(store: ExecutionStore, name: ExecutionName): Promise<Map<string, Map<string, Value>>> {
  const prefix = keys.variables(name);
  const variables = new Map<string, Map<string, Value>>();
  for await (const [key, value] of store.list(prefix)) {
    const [frame = '', variable = ''] = key.slice(prefix.length).split('!');
    const scope = variables.get(frame) ?? new Map<string, Value>();
    variables.set(frame, scope.set(variable, value));
  }
  return variables;
}

/** The last event's id. A gap, or a frame ahead of the history, shows that writes were lost. */
async function checkHistory(store: ExecutionStore, name: ExecutionName, frames: Map<string, FrameRecord>): Promise<number> {
  let last = 0;
  for await (const [key] of store.list(keys.events(name))) {
    last += 1;
    if (key !== keys.event(name, last)) throw damaged(`event ${last} of the execution ${name.machine}:${name.name} is missing`);
  }
  for (const [id, frame] of frames) {
    if (frame.events === undefined && frame.entered > last)
      throw damaged(`frame ${id} of ${name.machine}:${name.name} is ahead of its history`);
  }
  return last;
}

function damaged(detail: string): CorruptExecutionStoreError {
  return new CorruptExecutionStoreError(`The execution store is damaged: ${detail}. Nothing was changed.`, {
    next: 'Restore the data directory from a copy, or move it away to start with an empty one.',
  });
}
