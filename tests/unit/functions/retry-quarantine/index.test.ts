import { describe, expect, it } from 'vitest';
import { create } from '../../../../functions/retry-quarantine/index.ts';
import type { Value } from '../../../../shared/ports/store.ts';
import { haltKey, runKey } from '../../../../shared/run/keys.ts';
import { runBed } from '../../shared/run/run-bed.ts';
import { ask } from '../api-bed.ts';
import { memoryDeps } from '../memory-deps.ts';

/** What is answered of a run that is so. */
const answerOf = async (run: Record<string, Value>, { halted = false } = {}) => {
  const bed = runBed();
  const made = await bed.admitted();
  await bed.put(runKey(made.id), run);
  if (halted) await bed.put(haltKey(made.environment), { active: true });
  return ask(create, memoryDeps(bed.deps), { path: { runId: made.id }, body: {} });
};

describe('retry-quarantine', () => {
  it.each<[Record<string, Value>, { halted?: boolean }, string]>([
    [{ status: 'running' }, {}, 'its records are tried again when it rests'],
    [{ status: 'failed' }, { halted: true }, 'An emergency stop of'],
    [{ status: 'succeeded' }, { halted: true }, 'An emergency stop of'],
    [{ status: 'rolled-back', direction: 'back' }, {}, 'it has turned back'],
    [{ status: 'rollback-failed', direction: 'back' }, {}, 'it has turned back'],
    [{ status: 'stopped', broken: ['table:places'] }, {}, 'has lost table:places'],
    [{ status: 'succeeded' }, {}, 'something works under its locks'],
  ])('is refused with the next action: %o %o', async (run, how, told) => {
    const { status, body } = await answerOf(run, how);
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'RUN_STATE' });
    expect(body.detail).toContain(told);
    expect(body.next).toMatch(/\w/);
  });
});
