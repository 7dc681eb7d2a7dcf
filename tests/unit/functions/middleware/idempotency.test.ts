import { describe, expect, it } from 'vitest';
import type { Deps } from '../../../../functions/deps.ts';
import { type ApiCore, apiFunction } from '../../../../functions/middleware/api-function.ts';
import { endpoints } from '../../../../shared/api/endpoints.ts';
import { SAMPLE_RUN } from '../../../../shared/api/samples.ts';
import { RunStateError } from '../../../../shared/errors/run-errors.ts';
import { ask } from '../api-bed.ts';
import { memoryDeps } from '../memory-deps.ts';

const path = { runId: SAMPLE_RUN.id };
const body = { reason: 'why' };

function bed() {
  const deps: Deps = memoryDeps();
  const done: string[] = [];
  let core: ApiCore<'rollback-run'> = async ({ reason }) => {
    done.push(reason);
    return { run: { ...SAMPLE_RUN, epoch: done.length }, joined: false };
  };
  const send = (key: string | undefined, over: object = {}) =>
    ask(
      apiFunction(endpoints['rollback-run'], (input, of, call) => core(input as never, of, call)),
      deps,
      {
        path,
        body,
        ...over,
        headers: key === undefined ? {} : { 'idempotency-key': key },
      },
    );
  return { done, send, becomes: (next: typeof core) => (core = next) };
}

describe('a call with an Idempotency-Key', () => {
  it('is carried out once, and answered again as it was', async () => {
    const { done, send } = bed();
    const [first, second] = [await send('k'), await send('k')];
    expect(second.body).toEqual(first.body);
    expect([first.headers['idempotent-replayed'], second.headers['idempotent-replayed']]).toEqual([undefined, 'true']);
    expect(done).toHaveLength(1);
  });

  it('is carried out each time without one, and with others', async () => {
    const { done, send } = bed();
    for (const key of [undefined, undefined, 'a', 'b']) await send(key);
    expect(done).toHaveLength(4);
  });

  it('is refused with another body, or by another route', async () => {
    const { send, done } = bed();
    await send('k');
    expect(await send('k', { body: { reason: 'other' } })).toMatchObject({
      status: 422,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
    expect(done).toHaveLength(1);
  });

  it('is told to come again while it is carried out', async () => {
    const { send, becomes, done } = bed();
    const going = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    becomes(async () => {
      done.push('slow');
      begun.resolve();
      await going.promise;
      return { run: SAMPLE_RUN, joined: false };
    });
    const first = send('k');
    await begun.promise;
    const second = await send('k');
    expect(second).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_UNDER_WAY' }, headers: { 'retry-after': '5' } });
    going.resolve();
    expect((await first).status).toBe(200);
    expect((await send('k')).headers['idempotent-replayed']).toBe('true');
    expect(done).toEqual(['slow']);
  });

  it('that was refused may be sent again: nothing was done', async () => {
    const { send, becomes } = bed();
    becomes(() => Promise.reject(new RunStateError('not now')));
    expect((await send('k')).status).toBe(409);
    becomes(async () => ({ run: SAMPLE_RUN, joined: true }));
    expect((await send('k')).body.joined).toBe(true);
  });

  it.each(['', ' ', 'a b', 'é', 'x'.repeat(201), 'a\nb'])('is refused where the key is %j', async (key) => {
    expect(await bed().send(key)).toMatchObject({ status: 400, body: { code: 'MALFORMED' } });
  });
});
