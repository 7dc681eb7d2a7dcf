import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { meter } from '../../../../functions/middleware/current-meter.ts';
import { machineFunction } from '../../../../functions/middleware/machine-function.ts';
import { PreparationError, SupersededError } from '../../../../shared/errors/run-errors.ts';
import type { Slice } from '../../../../shared/run/steps.ts';
import { memoryDeps } from '../memory-deps.ts';

const input = z.object({ runId: z.string() });
const call = (
  core: (input: { runId: string }, deps: unknown, slice: Slice) => Promise<unknown>,
  left = 90_000,
  event: unknown = { runId: 'r' },
) => machineFunction({ input, core })(memoryDeps())(event, { awsRequestId: 'a', getRemainingTimeInMillis: () => left });

describe('machineFunction', () => {
  it.each([
    ['a minute at most', 90_000, 60_000],
    ['what is left, but for a reserve', 30_000, 25_000],
  ])('gives a slice of %s', async (_, left, until) => {
    expect(await call(async (_input, _deps, slice) => slice.until, left)).toBe(until);
  });

  it('mints a new invocation for each call', async () => {
    const handler = machineFunction({ input, core: async (_input, _deps, slice: Slice) => slice.invocation })(memoryDeps());
    const context = { awsRequestId: 'same', getRemainingTimeInMillis: () => 1000 };
    expect(await handler({ runId: 'r' }, context)).not.toBe(await handler({ runId: 'r' }, context));
  });

  it('meters what a call uses for its run, by the function and memory that it has', async () => {
    let cpuMs = 0;
    const figures = () => ({ cpuMs, rssMb: 64 });
    const monitor = { begin: () => () => ({ ...figures(), crossed: [] }), figures };
    const telemetry = { log: () => undefined, audit: () => undefined, measure: () => undefined };
    const facts = { service: 'slipway', environment: 'test', version: '1' };
    const deps = memoryDeps({ observer: { facts, telemetry, monitor, debugShare: 0 }, meter });
    const core = async () => {
      cpuMs += 7;
      return meter.take({ event: 1 });
    };
    const context = { awsRequestId: 'a', functionName: 'slipway-test-work-component', memoryLimitInMB: '1024' };
    const used = await machineFunction({ input, core })(deps)(
      { runId: 'metered' },
      { ...context, getRemainingTimeInMillis: () => 9000 },
    );
    expect(used).toMatchObject({ cpuMs: 7, peakMb: 64, billed: { lambdaRequest: 1, transition: 2, event: 1 } });
    expect(meter.take({})).toBeUndefined();
  });

  it('answers being taken over as an outcome', async () => {
    expect(await call(() => Promise.reject(new SupersededError('taken over')))).toEqual({ outcome: 'superseded' });
  });

  it('throws other errors as they are, for the machine to catch by name', async () => {
    await expect(call(() => Promise.reject(new PreparationError('no')))).rejects.toMatchObject({ name: 'PreparationError' });
    await expect(call(async () => 1, 1000, {})).rejects.toMatchObject({ name: 'InvalidInputError' });
  });
});
