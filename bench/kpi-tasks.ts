/** The user code of the KPI benchmark, written beside its plans: it fails as `input` says, by a hash of the seed, the step and the attempt. */
export const KPI_TASKS = `
import { createHash } from 'node:crypto';

const chance = (...parts) => createHash('sha256').update(parts.join('/')).digest().readUInt32BE() / 2 ** 32;
const attempts = new Map();
const failures = [{ name: 'ThrottlingException' }, { code: 'ECONNRESET' }, { name: 'ServiceUnavailable' }];

export const change = {
  effect: 'idempotent',
  async forward({ runId, item, input }) {
    const step = runId + '/' + item;
    const attempt = (attempts.get(step) ?? 0) + 1;
    attempts.set(step, attempt);
    await new Promise((resolve) => setTimeout(resolve, 20 + 180 * chance(input.seed, item, 'time')));
    if (chance(input.seed, item, attempt) < input.transient) throw Object.assign(new Error('not now'), failures[(attempt + input.seed) % failures.length]);
    return { made: item };
  },
  async verify({ input, item }) {
    if (input.bad && item === 'c') throw new Error('what was changed does not work');
    return null;
  },
  async undo() {
    return null;
  },
};
`;
