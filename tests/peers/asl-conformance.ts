/**
 * Replays executions that AWS recorded: `npm run -s conformance:asl -- FILE...`. Ends with the failing ids and
 * `N passed, M failed`; the exit code is 1 where less than 95 % pass.
 */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { seededIds } from '../../adapters/memory/seeded-ids.ts';
import { VirtualClock } from '../../adapters/memory/virtual-clock.ts';
import { createEngine } from '../../local/asl/create-engine.ts';
import type { Engine } from '../../local/asl/engine.ts';
import { HeartbeatTimeoutError, ReportedError, type StateError, TimeoutError } from '../../local/asl/errors.ts';
import type { HistoryEvent } from '../../local/asl/records.ts';
import type { Objects, TaskRequest } from '../../local/asl/services.ts';
import { MemoryExecutionStore } from '../../local/asl/store/memory-execution-store.ts';
import type { Value } from '../../shared/ports/store.ts';
import type { Execution } from '../../shared/ports/workflow.ts';

type Json = { readonly [name: string]: Value };

interface RecordedTask {
  readonly stateName: string;
  readonly arguments?: Value;
  readonly iteration?: readonly number[];
  readonly attempts: readonly {
    readonly output?: Value;
    readonly error?: string;
    readonly cause?: string;
    readonly timedOut?: boolean;
  }[];
}

interface RecordedEvent extends Json {
  readonly type: string;
}

export interface ConformanceCase {
  readonly id: string;
  readonly queryLanguage: 'jsonata' | 'neutral';
  readonly definition: Json;
  readonly input: Value;
  readonly tasks: readonly RecordedTask[];
  readonly s3?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly eventsUnordered?: boolean;
  readonly tasksIncomplete?: boolean;
  readonly placeholders?: readonly string[];
  readonly expected: {
    readonly status: string;
    readonly output?: Value;
    readonly error?: string;
    readonly cause?: string;
    readonly stateNames?: readonly string[];
    readonly events?: readonly RecordedEvent[];
  };
}

const machineArn = 'arn:aws:states:us-east-1:111111111111:stateMachine:conformance';
/** Stands in expectations for a value that the recorder replaced. */
const replaced = Symbol('replaced');
const passMark = 0.95;

/** What differs between AWS and the engine; none: the case passes. */
export async function replay(recorded: ConformanceCase): Promise<readonly string[]> {
  const clock = new VirtualClock(Date.UTC(2025, 0, 1));
  const differences: string[] = [];
  const answers = recorded.tasks.map((task) => ({ task, used: 0 }));
  const definition =
    recorded.queryLanguage === 'neutral' ? { ...recorded.definition, QueryLanguage: 'JSONata' } : recorded.definition;
  let engine: Engine | undefined;
  try {
    engine = createEngine({
      clock,
      ids: seededIds(1, clock),
      store: new MemoryExecutionStore(),
      machines: [{ arn: machineArn, name: 'conformance', roleArn: 'arn:aws:iam::111111111111:role/conformance', definition }],
      invoke: () => Promise.reject(new Error('Every resource is served by the recording.')),
      integrate: (request) => {
        const answered = answer(request, answers, differences);
        const { taskToken } = request;
        if (taskToken === undefined) return answered;
        // The answer comes with the token, once the submission has returned.
        void answered.then(
          (output) => clock.sleep(1).then(() => engine?.succeed(taskToken, output)),
          (error: StateError) => (isTimeout(error) ? false : clock.sleep(1).then(() => engine?.fail(taskToken, asReason(error)))),
        );
        return Promise.resolve({});
      },
      objects: bucketsOf(recorded),
      onFault: (_, error) => differences.push(`fault: ${String(error)}`),
    });
    const { arn } = await engine.start('conformance', 'replay', recorded.input);
    await clock.runUntilIdle();
    const execution = await engine.describe(arn);
    if (execution !== undefined) differences.push(...compare(recorded, execution, await engine.history(arn)));
  } catch (error) {
    differences.push(String(error));
  }
  return differences;
}

/** Where time ran out in the recording, the token is left unanswered, and time runs out here. */
const isTimeout = (error: StateError): boolean => error instanceof TimeoutError || error instanceof HeartbeatTimeoutError;

const asReason = ({ name, reason }: StateError): { error: string; cause: string } => ({ error: name, cause: reason ?? '' });

/** Ours, and what the recorder wrote in place of AWS's, become the same text. */
function withoutTokens(value: Value, token?: string): Value {
  const text = JSON.stringify(value).replaceAll(/<[^<>"]*task.?token[^<>"]*>/gi, '<task_token>');
  return JSON.parse(token === undefined ? text : text.replaceAll(token, '<task_token>'));
}

/** The next recorded attempt of the state, as README of the cases says. */
async function answer(
  request: TaskRequest,
  answers: { task: RecordedTask; used: number }[],
  differences: string[],
): Promise<Value> {
  const { stateName, iteration } = request;
  const found = answers.find(
    ({ task, used }) =>
      task.stateName === stateName &&
      used < task.attempts.length &&
      (task.iteration === undefined || isDeepStrictEqual(task.iteration, [...iteration])),
  );
  const attempt = found?.task.attempts[found.used];
  if (found === undefined || attempt === undefined) {
    differences.push(`${stateName} asked for work that was not recorded: ${JSON.stringify(request.arguments)}`);
    throw new ReportedError('Conformance.NotRecorded', undefined);
  }
  found.used += 1;
  if (found.task.arguments !== undefined) {
    const [expected, asked] = [withoutTokens(found.task.arguments), withoutTokens(request.arguments, request.taskToken)];
    expectSame(`arguments of ${stateName}`, expected, asked, differences);
  }
  if (attempt.timedOut === true)
    throw attempt.error === 'States.HeartbeatTimeout'
      ? new HeartbeatTimeoutError(attempt.cause)
      : new TimeoutError(attempt.cause);
  if (attempt.error !== undefined) throw new ReportedError(attempt.error, attempt.cause);
  return attempt.output ?? null;
}

function bucketsOf({ s3 = {} }: ConformanceCase): Objects {
  const body = (bucket: string, key: string): string => {
    const text = s3[bucket]?.[key];
    if (text === undefined) throw new Error(`No object ${bucket}/${key} was recorded.`);
    return text;
  };
  return {
    get: async (bucket, key) => new TextEncoder().encode(body(bucket, key)),
    list: async (bucket, prefix) =>
      Object.entries(s3[bucket] ?? {})
        .filter(([key]) => key.startsWith(prefix))
        .map(([Key, text]) => ({ Key, Size: Buffer.byteLength(text) })),
    put: async () => undefined,
  };
}

function compare(recorded: ConformanceCase, execution: Execution, history: readonly HistoryEvent[]): string[] {
  const differences: string[] = [];
  const expected = withReplaced(recorded);
  for (const field of ['status', 'output', 'error'] as const) expectSame(field, expected[field], execution[field], differences);
  expectSame('cause', parsed(expected.cause), parsed(execution.cause), differences);
  if (recorded.expected.stateNames !== undefined) {
    expectSame('stateNames', recorded.expected.stateNames, history.filter(isEntry).map(nameOf), differences);
  }
  const events = expected.events ?? [];
  if (events.length > 0) {
    const extra = compareExits(events, history, differences);
    const types = (list: readonly { type: string }[]) => list.map(({ type }) => type);
    // Where the recorder sorted the events of a Parallel, it also left some out.
    if (recorded.eventsUnordered === true) return differences;
    for (const exit of extra) differences.push(`exit that AWS did not make: ${JSON.stringify(exit)}`);
    expectSame('event types', types(events), types(history), differences);
  }
  return differences;
}

/** Iterations may end in any order: each exit that AWS recorded must be among ours, once. Returns those left over. */
function compareExits(events: readonly RecordedEvent[], history: readonly HistoryEvent[], differences: string[]): unknown[] {
  const exits = history.filter(({ type }) => type.endsWith('StateExited')).map(({ details }) => details);
  for (const event of events.filter(({ type }) => type.endsWith('StateExited'))) {
    const index = exits.findIndex(
      (exit) =>
        exit['name'] === event['name'] &&
        matches(event['output'], exit['output']) &&
        matches(event['assignedVariables'], exit['assignedVariables']),
    );
    if (index >= 0) exits.splice(index, 1);
    else differences.push(`no such exit: ${JSON.stringify(event)}`);
  }
  return exits;
}

const isEntry = ({ type }: HistoryEvent): boolean => type.endsWith('StateEntered');
const nameOf = ({ details }: HistoryEvent): Value => details['name'] ?? null;

function parsed(cause: unknown): unknown {
  if (typeof cause !== 'string') return cause;
  try {
    return JSON.parse(cause);
  } catch {
    return cause;
  }
}

function expectSame(what: string, expected: unknown, found: unknown, differences: string[]): void {
  if (!matches(expected, found))
    differences.push(`${what}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`);
}

function matches(expected: unknown, found: unknown): boolean {
  if (expected === replaced) return true;
  if (typeof expected !== 'object' || expected === null || typeof found !== 'object' || found === null) return expected === found;
  if (Array.isArray(expected) !== Array.isArray(found)) return false;
  const [want, have] = [expected as Record<string, unknown>, found as Record<string, unknown>];
  const keys = new Set([...Object.keys(want), ...Object.keys(have)]);
  return [...keys].every((key) => Object.hasOwn(want, key) && Object.hasOwn(have, key) && matches(want[key], have[key]));
}

/** The expectation with every value that `placeholders` names made to match anything. */
function withReplaced({ expected, placeholders = [] }: ConformanceCase): ConformanceCase['expected'] {
  const copy = structuredClone(expected) as ConformanceCase['expected'];
  for (const path of placeholders) {
    const steps = [...path.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\["([^"]+)"\]/g)].map(
      ([, name, index, quoted]) => name ?? index ?? quoted ?? '',
    );
    const last = steps.pop() ?? '';
    const holder = steps.reduce<unknown>((node, step) => (node as Record<string, unknown> | undefined)?.[step], copy);
    if (typeof holder === 'object' && holder !== null) (holder as Record<string, unknown>)[last] = replaced;
  }
  return copy;
}

export function readCases(file: string): readonly ConformanceCase[] {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** The case files that come with the repository's surroundings, where they are present. */
export function defaultCaseFiles(): readonly string[] {
  const folder = resolve(import.meta.dirname, '../../../shared/asl-conformance');
  return ['cases.json', 'neutral.json'].map((name) => resolve(folder, name)).filter((file) => existsSync(file));
}

async function main(args: readonly string[]): Promise<number> {
  const files = args.length > 0 ? args : defaultCaseFiles();
  if (files.length === 0) {
    console.error('No case files: name them, as in `npm run -s conformance:asl -- FILE...`.');
    return 2;
  }
  let passed = 0;
  const failed: string[] = [];
  for (const recorded of files.flatMap(readCases)) {
    const differences = await replay(recorded);
    if (differences.length === 0) passed += 1;
    else failed.push(recorded.id);
    for (const difference of differences) console.error(`${recorded.id}\n  ${difference}`);
  }
  for (const id of failed) console.log(id);
  console.log(`${passed} passed, ${failed.length} failed`);
  return passed >= (passed + failed.length) * passMark ? 0 : 1;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
