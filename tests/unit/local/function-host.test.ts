import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../adapters/memory/virtual-clock.ts';
import { FunctionHost } from '../../../local/function-host.ts';
import type { WiredFunction } from '../../../local/graph/wiring.ts';
import { problemOf } from '../../../shared/api/problem-of.ts';
import { memoryDeps } from '../functions/memory-deps.ts';

const wired = (name: string): WiredFunction => ({
  name,
  arn: `arn:aws:lambda:us-east-1:0:function:${name}:1`,
  environment: {},
  timeoutSeconds: 15,
  memoryMb: 128,
  reservedConcurrency: undefined,
  policies: [],
});

function hosted(overrides: Parameters<typeof memoryDeps>[0] = {}) {
  const clock = new VirtualClock();
  const deps = memoryDeps({ clock, ...overrides });
  const asked: string[] = [];
  const host = new FunctionHost({
    functions: [wired('get-openapi'), wired('release-run')],
    clock,
    ids: deps.ids,
    depsOf: () => deps,
    around: (one, call) => {
      asked.push(one.name);
      return call();
    },
  });
  return { clock, host, asked };
}

describe('FunctionHost', () => {
  it('calls a function by name and by ARN', async () => {
    const { host, asked } = hosted();
    const event = { requestContext: { authorizer: { lambda: { actor: 'ada', roles: ['*:viewer'] } } } };
    expect(await host.invoke('get-openapi', event)).toMatchObject({ statusCode: 200 });
    expect(await host.invoke(wired('get-openapi').arn, event)).toMatchObject({ statusCode: 200 });
    expect(asked).toEqual(['get-openapi', 'get-openapi']);
  });

  it('rejects with the error of the function, under its name', async () => {
    const { host } = hosted();
    await expect(host.invoke('release-run', { runId: 'none', epoch: 1 })).rejects.toMatchObject({ name: 'RunNotFoundError' });
    await expect(host.invoke('release-run', { epoch: 'one' })).rejects.toMatchObject({ name: 'InvalidInputError' });
  });

  it('gives up a function whose time is over, as Lambda does', async () => {
    const asked = Promise.withResolvers<void>();
    const never = () => {
      asked.resolve();
      return new Promise<undefined>(() => undefined);
    };
    const { clock, host } = hosted({ store: { read: never } });
    const call = host.invoke('release-run', { runId: 'r', epoch: 1 });
    const failed = call.catch((error: unknown) => error);
    // Loading the function takes real time.
    await asked.promise;
    await clock.advanceTo(clock.now() + 15_000);
    expect(await failed).toMatchObject({ name: 'Sandbox.Timedout' });
    // API Gateway says 503 of it: whoever follows a run asks again.
    expect(problemOf(await failed)).toMatchObject({ status: 503, code: 'FUNCTION_TIMED_OUT', next: expect.any(String) });
  });

  it('knows no other function', async () => {
    await expect(hosted().host.invoke('nobody', {})).rejects.toThrow('no function nobody');
  });
});
