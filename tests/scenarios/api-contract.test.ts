import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Endpoint } from '../../shared/api/endpoint.ts';
import { type EndpointName, endpoints } from '../../shared/api/endpoints.ts';
import type { Operation } from '../../shared/api/openapi.ts';
import { takesBody } from '../../shared/api/refusals.ts';
import { apiDocument } from '../infra/api-reference.ts';
import { apiRequest } from './api-request.ts';
import { Plane } from './plane.ts';
import { UnlockedVault } from './unlocked-vault.ts';

const document = apiDocument();
const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { 'time-zone': true } }).addSchema({
  $id: 'api',
  ...document,
});
const operations = new Map<string, Operation>(
  Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).map((operation) => [operation.operationId, operation] as const),
  ),
);
const all = Object.keys(endpoints) as EndpointName[];

let plane: Plane;
const tidy: (() => Promise<void>)[] = [];
/** Statuses that were seen, by operation: each of them was held against the document. */
const seen = new Map<string, Set<number>>();
beforeAll(async () => {
  plane = await Plane.start({ onEnd: (end) => tidy.push(end) });
  const vault = await UnlockedVault.open(plane.dataDir);
  tidy.push(() => vault.lock());
});
afterAll(async () => {
  for (const end of tidy.reverse()) await end();
});

interface Sending {
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly path?: string;
}

/** Sends a call, and holds the answer against what the document says of this status. */
async function held(
  name: EndpointName,
  input: object,
  more: Sending = {},
): Promise<{ status: number; body: unknown; etag: string | null }> {
  const { method, path, body } = apiRequest(name, input as never);
  const sent = more.body ?? body;
  const response = await fetch(`${plane.url}${more.path ?? path}`, {
    method,
    headers: { authorization: `Bearer ${plane.token}`, 'content-type': 'application/json', ...more.headers },
    ...(sent === undefined ? {} : { body: sent }),
  });
  const text = await response.text();
  const told = operations.get(name)?.responses[response.status];
  expect(told, `${name} answered ${response.status}, of which the document says nothing: ${text}`).toBeDefined();
  const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
  if (response.status !== 304) {
    const validate = validatorOf(told, type);
    expect(validate, `${name} ${response.status} is ${type}, of which the document says nothing`).toBeDefined();
    expect(validate?.(JSON.parse(text)), `${name} ${response.status}: ${ajv.errorsText(validate?.errors)} in ${text}`).toBe(true);
  }
  seen.set(name, (seen.get(name) ?? new Set()).add(response.status));
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text), etag: response.headers.get('etag') };
}

function validatorOf(told: object | undefined, type: string): ValidateFunction | undefined {
  const { content = {} } = told as { content?: Record<string, { schema: object }> };
  const schema = content[type]?.schema;
  return schema && ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/')));
}

const exampleOf = (name: EndpointName): object => endpoints[name].example.input as object;
const bodied = all.filter((name) => takesBody(endpoints[name] as Endpoint));
const read = all.filter((name) => !takesBody(endpoints[name] as Endpoint));
const status = async (...call: Parameters<typeof held>): Promise<number> => (await held(...call)).status;

describe('every call, as the document says,', () => {
  it.each(all)('of %s answers its example', async (name) => {
    expect(await status(name, exampleOf(name))).toBeLessThan(500);
  });

  it.each(all)('of %s answers 401, 406, 414 and 422', async (name) => {
    const input = exampleOf(name);
    expect(await status(name, input, { headers: { authorization: 'Bearer no' } })).toBe(401);
    const ofrep = endpoints[name].route.includes('/ofrep/');
    expect(await status(name, input, { headers: { accept: 'text/html' } })).toBe(406);
    expect(await status(name, input, { path: `${apiRequest(name, input as never).path}?x=${'x'.repeat(9000)}` })).toBe(414);
    if (!ofrep && name !== 'put-metrics') expect(await status(name, { ...input, colour: 'red' })).toBe(422);
  });

  it.each(bodied)('of %s answers 400, 413 and 415', async (name) => {
    const input = exampleOf(name);
    const isOfrep = endpoints[name].route.includes('/ofrep/');
    expect(await status(name, input, { body: '{' })).toBe(400);
    expect(await status(name, input, { body: `{"x":"${'x'.repeat(2 ** 21)}"}` })).toBe(413);
    expect(await status(name, input, { headers: { 'content-type': 'text/plain' } })).toBe(isOfrep ? 400 : 415);
  });

  it('of a run answers 200 and 304, and what refuses it 404 and 409', async () => {
    const started = await held('start-run', exampleOf('start-run'));
    const { run } = started.body as { run: { id: string } };
    const again = await held('start-run', exampleOf('start-run'));
    expect([200, 409]).toContain(again.status);
    await plane.ended(run.id);
    for (const name of read.filter((one) => /^[^{]*\{runId\}[^{]*$/.test(endpoints[one].route))) {
      const { status: found, etag } = await held(name, { runId: run.id });
      expect(found).toBe(200);
      expect(await status(name, { runId: run.id }, { headers: { 'if-none-match': String(etag) } })).toBe(304);
    }
    for (const name of ['pause-run', 'resume-run', 'retry-run'] as const) expect(await status(name, { runId: run.id })).toBe(409);
    for (const name of all.filter((one) => endpoints[one].route.includes('{runId}'))) {
      // Breaking asks the lock who holds it: its run may be gone.
      expect([name, await status(name, { ...exampleOf(name), runId: 'f'.repeat(26) })]).toEqual([
        name,
        name === 'break-lock' ? 409 : 404,
      ]);
    }
  });

  it('of flags answers 200, 404, 412 and 422', async () => {
    const key = { key: 'contract' };
    const { ifRev: _, ...evaluators } = endpoints['put-evaluators'].example.input;
    expect(await status('put-evaluators', evaluators)).toBe(200);
    expect(await status('get-flag', key)).toBe(404);
    expect(await status('put-flag', { ...key, simple: { rolloutPercentage: 5 } })).toBe(200);
    expect(await status('put-flag', { ...key, simple: { rolloutPercentage: 6 }, ifRev: 0 })).toBe(412);
    expect(await status('put-flag', { ...key, flag: { state: 'ENABLED', variants: { on: true }, defaultVariant: 'no' } })).toBe(
      422,
    );
    for (const name of ['get-flag', 'get-flag-history', 'evaluate-flag'] as const) expect(await status(name, key)).not.toBe(404);
    expect(await status('evaluate-flag', { key: 'nobody' })).toBe(404);
  });

  it('has a success of each that reads what is always there', () => {
    const listing = read.filter((name) => !endpoints[name].route.includes('{'));
    expect(listing.filter((name) => !seen.get(name)?.has(200))).toEqual([]);
  });
});
