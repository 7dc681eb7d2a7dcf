import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { methodOf, shapeOf } from '../../../shared/task/task-shape.ts';
import { thrownBy } from '../../../shared/task/thrown.ts';
import { timeIsUp, warnAfter } from '../../../shared/task/warning.ts';
import type { Reply, Request } from './messages.ts';
import { ThreadConsole } from './thread-console.ts';

type Module = { readonly [exported: string]: unknown };
type CallRequest = Extract<Request, { ask: 'call' }>;

const { file } = workerData as { readonly file: string };
const tell = (reply: Reply): void => parentPort?.postMessage(reply);
const printed = new ThreadConsole((log) => tell({ log }));

const serve = (module: Module): void => {
  parentPort?.on('message', (request: Request) => {
    if (request.ask === 'call') void answer(module, request).then(tell);
    else tell({ id: request.id, exports: Object.fromEntries(Object.entries(module).map(([name, it]) => [name, shapeOf(it)])) });
  });
};

const answer = async (module: Module, request: CallRequest): Promise<Reply> => {
  const { id, exported, method, input, deadline } = request;
  if (!Object.hasOwn(module, exported)) return { id, missing: 'export' };
  const call = methodOf(module[exported], method);
  if (!call) return { id, missing: 'method' };
  const left = deadline - Date.now();
  if (left <= 0) return { id, late: true };
  const over = new AbortController();
  const warning = setTimeout(() => over.abort(timeIsUp(method)), warnAfter(left));
  const { runId, component, step } = input;
  try {
    const output = await printed.during({ runId, component, step, method }, async () => call({ ...input, signal: over.signal }));
    return { id, output: JSON.stringify(output) ?? 'null' };
  } catch (error) {
    return { id, thrown: thrownBy(error) };
  } finally {
    clearTimeout(warning);
  }
};

try {
  serve((await import(pathToFileURL(file).href)) as Module);
} catch (error) {
  tell({ unloadable: thrownBy(error) });
  parentPort?.close();
}
