import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Endpoint } from '../../../../shared/api/endpoint.ts';
import { endpoint } from '../../../../shared/api/endpoint.ts';
import { endpoints } from '../../../../shared/api/endpoints.ts';
import { openApi } from '../../../../shared/api/openapi.ts';
import { apiDocument, apiReference, REFERENCE, UPDATE_REFERENCE } from '../../../infra/api-reference.ts';

const all: [string, Endpoint][] = Object.entries(endpoints);

/** Every reference of a document. */
function references(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([key, value]) => (key === '$ref' ? [String(value)] : references(value)));
}

describe('the document of the API', () => {
  const document = apiDocument();

  it.each(all)('has an example of %s that its schemas take', (_, { input, output, example }) => {
    expect(input.safeParse(example.input).error).toBeUndefined();
    expect(output.safeParse(example.output).error).toBeUndefined();
  });

  it('has every endpoint with its method, path and purpose', () => {
    const found = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId, summary }]) => {
        expect(summary).toMatch(/^[A-Z].*\.$/);
        return [operationId, `${method.toUpperCase()} ${path}`];
      }),
    );
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(all.map(([name, { route }]) => [name, route])));
  });

  it('refers to nothing that it does not hold', () => {
    for (const reference of references(document)) {
      const held = reference
        .slice(2)
        .split('/')
        .reduce<unknown>((part, key) => (part as Record<string, unknown>)?.[key], document);
      expect(held, reference).toBeDefined();
    }
  });

  it('puts fields where a request has them', () => {
    const input = z.strictObject({ key: z.string(), word: z.string(), tree: z.json().optional() });
    const example = { input: { key: 'k', word: 'w' }, output: {} };
    const facts = { role: 'operator', of: 'plane', refuses: ['RUN_STATE'], example } as const;
    const made = {
      read: endpoint('GET /v1/words/{key}', input, z.object({}), facts),
      write: endpoint('POST /v1/words/{key}', input, z.object({}), facts),
    };
    const { paths, components } = openApi(made, { version: '1', purposes: { read: 'Reads.', write: 'Writes.' } });
    const { get, post } = paths['/v1/words/{key}'] ?? {};
    expect(get?.parameters.map(({ name, in: place, required }) => [name, place, required])).toEqual([
      ['key', 'path', true],
      ['word', 'query', true],
      ['tree', 'query', false],
    ]);
    expect(post?.parameters.map(({ name, in: place }) => [name, place])).toEqual([
      ['key', 'path'],
      ['idempotency-key', 'header'],
    ]);
    expect(post?.requestBody).toEqual({
      required: true,
      content: {
        'application/json': {
          schema: {
            type: 'object',
            properties: { word: { type: 'string' }, tree: { $ref: '#/components/schemas/Json' } },
            required: ['word'],
            additionalProperties: false,
          },
          example: { word: 'w' },
        },
      },
    });
    expect(post?.responses[409]).toMatchObject({ description: expect.stringContaining('RUN_STATE') });
    expect(components).toMatchObject({ schemas: { Json: { description: 'Any JSON value.' } } });
  });

  it('is what docs/api.md tells', () => {
    expect(readFileSync(REFERENCE, 'utf8'), `Write it anew with: ${UPDATE_REFERENCE}`).toBe(apiReference(document));
  });
});
