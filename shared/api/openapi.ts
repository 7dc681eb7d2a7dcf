import type { Endpoint } from './endpoint.ts';
import { ENTITY_TAG } from './entity-tag.ts';
import { type JsonSchema, SchemaShelf } from './openapi-schemas.ts';
import { problemDetail } from './problem-detail.ts';
import { refusalsOf, takesBody, takesKey, takesRevision } from './refusals.ts';

export interface OpenApiOptions {
  readonly version: string;
  /** What each endpoint is for, in a sentence, by its name. */
  readonly purposes: { readonly [name: string]: string };
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  /** The least role that may call it. */
  readonly 'x-slipway-role': string;
  readonly parameters: readonly JsonSchema[];
  readonly requestBody?: JsonSchema;
  readonly responses: { readonly [status: string]: JsonSchema };
}

export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: JsonSchema;
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } };
  readonly [part: string]: unknown;
}

/** The document (OpenAPI 3.1) of endpoints by their names. */
export function openApi(
  endpoints: { readonly [name: string]: Endpoint },
  { version, purposes }: OpenApiOptions,
): OpenApiDocument {
  const shelf = new SchemaShelf();
  const problem = shelf.named('Problem', problemDetail, 'output');
  const paths: Record<string, Record<string, Operation>> = {};
  for (const [name, endpoint] of Object.entries(endpoints)) {
    const [method = '', path = ''] = endpoint.route.split(' ');
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation(name, endpoint, purposes[name] ?? name, shelf, problem) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Slipway', version, summary: 'Runs risky changes on AWS so that every one of them can be undone.' },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, { signed: [] }],
    paths,
    components: {
      schemas: shelf.schemas,
      headers: {
        ETag: {
          description:
            'Given as If-None-Match to a read, the same answer is left out (304); as If-Match to a change, what has changed since is refused (412).',
          schema: { type: 'string' },
        },
      },
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description:
            'Embedded: the token of the data directory, or one made beside it. On AWS, where an OpenID provider is named: its token (JWT, RS256), at these paths.',
        },
        signed: {
          type: 'apiKey',
          in: 'header',
          name: 'authorization',
          'x-amazon-apigateway-authtype': 'awsSigv4',
          description:
            'On AWS: requests signed with SigV4 (execute-api). Where an OpenID provider is named, below /machine (/machine/v1/runs), and not at these paths.',
        },
      },
    },
  };
}

function operation(name: string, endpoint: Endpoint, summary: string, shelf: SchemaShelf, problem: JsonSchema): Operation {
  const { properties = {}, required = [], ...rest } = objectOf(shelf.inline(`${name}-request`, endpoint.input, 'input'));
  const inPath = new Set(Array.from(endpoint.route.matchAll(/\{(\w+)\}/g), ([, parameter]) => parameter));
  const given = endpoint.example.input as { readonly [field: string]: unknown };
  const fields = Object.keys(properties).filter((field) => !inPath.has(field));
  const pick = <T>(from: { readonly [field: string]: T }) =>
    Object.fromEntries(fields.flatMap((field) => (Object.hasOwn(from, field) ? [[field, from[field]]] : [])));
  const parameter = (place: 'path' | 'query') => (field: string) => ({
    name: field,
    in: place,
    required: place === 'path' || required.includes(field),
    schema: properties[field],
    ...(given[field] === undefined ? {} : { example: given[field] }),
  });
  const wanted = required.filter((field) => !inPath.has(field));
  const body = { ...rest, properties: pick(properties), ...(wanted.length === 0 ? {} : { required: wanted }) };
  return {
    operationId: name,
    summary,
    tags: [tagOf(endpoint)],
    'x-slipway-role': endpoint.role,
    parameters: [
      ...[...inPath].map(String).map(parameter('path')),
      ...(takesBody(endpoint) ? [] : fields.map(parameter('query'))),
      ...(takesKey(endpoint) ? [KEY] : []),
      ...(takesRevision(endpoint) ? [IF_MATCH, IF_NONE_MATCH] : []),
    ],
    ...(takesBody(endpoint)
      ? { requestBody: { required: wanted.length > 0, content: { 'application/json': { schema: body, example: pick(given) } } } }
      : {}),
    responses: responses(name, endpoint, shelf, problem),
  };
}

function responses(name: string, endpoint: Endpoint, shelf: SchemaShelf, problem: JsonSchema): Operation['responses'] {
  const { output, statuses = [200], reads = endpoint.route.startsWith('GET '), refusal } = endpoint;
  const answer = shelf.named(name, output, 'output');
  const told: Record<string, JsonSchema> = {};
  for (const status of statuses) {
    told[status] = {
      description: status < 300 ? 'Done.' : 'Answered, with an error code.',
      ...(reads ? { headers: { etag: { $ref: '#/components/headers/ETag' } } } : {}),
      content: { 'application/json': { schema: answer, ...(status < 300 ? { example: endpoint.example.output } : {}) } },
    };
  }
  if (reads) told[304] = { description: 'The caller has this answer already.' };
  for (const [status, codes] of refusalsOf(endpoint)) {
    const own =
      refusal === undefined ? {} : { 'application/json': { schema: shelf.named(`${name}-refusal`, refusal, 'output') } };
    const before = told[status]?.['content'] as object | undefined;
    told[status] = {
      description: codes.join(', '),
      content: { 'application/problem+json': { schema: problem }, ...own, ...before },
    };
  }
  return told;
}

const KEY = {
  name: 'idempotency-key',
  in: 'header',
  required: false,
  description: 'Sent again with the same key, the call is carried out once, and answered as it was (idempotent-replayed: true).',
  schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,200}$' },
};

const IF_MATCH = {
  name: 'if-match',
  in: 'header',
  required: false,
  description:
    'The ETag of what was read: the change is made where that is its revision still (else 412). Instead of ifRev and If-None-Match: 400 where they say otherwise.',
  schema: { type: 'string', format: 'entity-tag', pattern: ENTITY_TAG.source },
};

const IF_NONE_MATCH = {
  name: 'if-none-match',
  in: 'header',
  required: false,
  description: 'The change is made where there is nothing yet. Instead of If-Match and of an ifRev that is not 0.',
  schema: { type: 'string', enum: ['*'] },
};

interface ObjectSchema extends JsonSchema {
  readonly properties?: { readonly [field: string]: JsonSchema };
  readonly required?: readonly string[];
}

const objectOf = (schema: JsonSchema): ObjectSchema => schema;

/** `POST /v1/runs/...` -> runs. */
const tagOf = ({ route }: Endpoint): string => /^\w+ \/(?:v1\/)?([\w-]+)/.exec(route)?.[1] ?? 'slipway';
