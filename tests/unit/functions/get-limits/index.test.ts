import { expect, it } from 'vitest';
import { create } from '../../../../functions/get-limits/index.ts';
import { limits as schema } from '../../../../shared/admission/limits.ts';
import { ask } from '../api-bed.ts';
import { memoryDeps } from '../memory-deps.ts';

const limits = schema.parse({
  ...{ atOnce: 10, perEnvironment: 5, perPerson: { perHour: 5 }, roles: { operator: { perDay: 9 } } },
  environments: { staging: { atOnce: 3 }, production: { atOnce: 1, semaphores: { ledger: 2 } } },
  people: { ada: { perHour: 7 }, bob: { perHour: 1 } },
});

/** What ada is told. */
async function look(roles: readonly string[]) {
  const { status, body } = await ask(create, memoryDeps({ limits }), { roles });
  expect(status).toBe(200);
  return body['limits'];
}

it('tells everything to whoever sees every environment', async () => {
  expect(await look(['*:viewer'])).toEqual(limits);
});

it('tells others what holds in their environments and for themselves', async () => {
  const own = { ada: { perHour: 7 } };
  expect(await look(['staging:operator'])).toEqual({ ...limits, environments: { staging: { atOnce: 3 } }, people: own });
  expect(await look(['test:viewer'])).toEqual({ ...limits, environments: {}, people: own });
});
