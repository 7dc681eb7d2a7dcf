import { PreparationError } from '../../shared/errors/run-errors.ts';
import { UserCodeNotStartedError } from '../../shared/errors/user-code-errors.ts';
import type { RecordTransform, Transformed } from '../../shared/ports/record-transform.ts';
import { transformReply } from '../../shared/task/task-message.ts';
import { answeredTooMuch, invokeTask, noSuchTask, oddAnswer, type TaskFunctions } from './invoke-task.ts';

/** Lambda takes 6 MB of a request; what comes back is often larger than what went. */
const MOST_BYTES = 4_000_000;
const MOST_RECORDS = 1000;

/**
 * A transform in a Lambda function of its own, asked for many records in one invocation. Fewer are sent where the answer would
 * not fit into Lambda's 6 MB, and the rest again where the function ran out of time; a record that alone answers more fails.
 */
export function lambdaTransform(options: TaskFunctions, ref: string, deadline: number): RecordTransform {
  const functionName = options.functionOf(ref);
  if (functionName === undefined) throw noSuchTask(ref);
  const what = `${ref} transform`;

  const ask = async (records: readonly string[]): Promise<readonly Transformed[]> => {
    const payload = `{"method":"transform","deadline":${deadline},"records":[${records.join()}]}`;
    const body = await invokeTask(options, { what, functionName, payload, deadline });
    const { data: reply } = transformReply.safeParse(body);
    if (!reply) throw oddAnswer(what, body);
    if ('notStarted' in reply) throw new UserCodeNotStartedError(`${what} was not started: ${reply.notStarted}`);
    if ('missing' in reply) {
      throw new PreparationError(`${ref} is no transform`, { next: 'Export taskHandler(defineTransform(...)) as its handler.' });
    }
    if (reply.transformed.length === 0 || reply.transformed.length > records.length) throw oddAnswer(what, body);
    return reply.transformed;
  };

  const askSome = async (records: readonly string[]): Promise<readonly Transformed[]> => {
    try {
      return await ask(records);
    } catch (error) {
      if (!answeredTooMuch(error)) throw error;
      return records.length === 1 ? [{ error: error.message }] : askSome(records.slice(0, Math.ceil(records.length / 2)));
    }
  };

  return async (records) => {
    const texts = records.map((record) => JSON.stringify(record));
    const answers: Transformed[] = [];
    while (answers.length < texts.length) answers.push(...(await askSome(requestful(texts, answers.length))));
    return answers;
  };
}

/** As many as one request takes, and one at least. */
function requestful(texts: readonly string[], from: number): readonly string[] {
  let bytes = 0;
  let to = from;
  while (to < texts.length && to - from < MOST_RECORDS) {
    bytes += Buffer.byteLength(texts[to] ?? '') + 1;
    if (bytes > MOST_BYTES && to > from) break;
    to += 1;
  }
  return texts.slice(from, to);
}
