import { fileURLToPath } from 'node:url';
import { functions } from '../../functions/catalog.ts';
import manifest from '../../package.json' with { type: 'json' };
import { endpoints } from '../../shared/api/endpoints.ts';
import { type OpenApiDocument, type Operation, openApi } from '../../shared/api/openapi.ts';

export const REFERENCE = fileURLToPath(new URL('../../docs/api.md', import.meta.url));
export const UPDATE_REFERENCE = 'npm run api-docs';

/** As `GET /openapi.json` answers it. */
export const apiDocument = (): OpenApiDocument =>
  openApi(endpoints, {
    version: manifest.version,
    purposes: Object.fromEntries(functions.map(({ name, purpose }) => [name, purpose])),
  });

const INTRODUCTION = `# The API

Every call of the command line is a call of this API; the document in OpenAPI 3.1 is at \`GET /openapi.json\`. This page is made of the
same definitions (\`npm run api-docs\`).

- **Who calls** says \`authorization: Bearer TOKEN\` embedded: the token of the data directory, or one of \`slipway tokens create\`. On AWS
  requests are signed (SigV4) with credentials that IAM lets call the route. Where an OpenID provider is named, people come with its tokens
  (\`authorization: Bearer JWT\`, RS256) at these paths, and signed requests go below \`/machine\` (\`/machine/v1/runs\`): a route takes one or the
  other. Who may then do what is in [access.md](access.md).
- **What is sent** is JSON, with \`content-type: application/json\`. Unknown fields are refused.
- **What goes wrong** is answered as \`application/problem+json\` (RFC 9457): \`code\` for programs, \`detail\` for people, \`next\` for what to
  do now. \`INVALID\` lists every field that does not fit in \`problems\`, with its \`path\`.
- **What is read** has an ETag: sent back as \`if-none-match\`, an answer that has not changed is left out (304).
- **What is changed** has revisions. A change says which one it is of by \`if-match\`, the ETag of what was read (the revision in it counts, not
  what else the answer told), or by the field \`ifRev\`; where somebody else came between, it is refused (412) and does nothing.
  \`if-none-match: *\`, or \`ifRev\` 0, makes what is not there yet. Without any of them whatever is there is replaced, but for limits, which hold for everybody (428).
  The command line says what it saw. A PUT answers the ETag for the next change. A PUT or DELETE that takes no condition refuses one (422).
- **Lists** are paged: \`limit\`, and the \`cursor\` of the page before.
- Times are milliseconds since 1970. Of an example's plan, \`text\` is the file as it is.
- \`GET /v1/events\` and \`GET /v1/runs/{runId}/events\` answer whoever accepts \`text/event-stream\` with a stream, embedded alone:
  [events.md](events.md). \`GET /metrics\` is in [metrics.md](metrics.md).
`;

/** The page docs/api.md. */
export function apiReference(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ route: `${method.toUpperCase()} ${path}`, operation })),
  );
  const groups = Map.groupBy(operations, ({ operation }) => operation.tags[0] ?? '');
  const rows = operations.map(
    ({ route, operation }) =>
      `| [\`${route}\`](#${operation.operationId}) | ${operation['x-slipway-role']} | ${operation.summary} |`,
  );
  const sections = [...groups].map(
    ([tag, all]) => `## ${tag}\n\n${all.map(({ route, operation }) => section(route, operation)).join('\n')}`,
  );
  return [INTRODUCTION, `| call | role | what for |\n| --- | --- | --- |\n${rows.join('\n')}\n`, ...sections].join('\n');
}

function section(route: string, operation: Operation): string {
  const fields = [...operation.parameters.map(parameterRow), ...bodyRows(operation)];
  const table = fields.length === 0 ? '' : `| field | in | form | |\n| --- | --- | --- | --- |\n${fields.join('\n')}\n\n`;
  const { example } = contentOf(operation.requestBody);
  const answered = contentOf(operation.responses[200]).example;
  return `### ${operation.operationId}

\`${route}\` for ${operation['x-slipway-role']}s. ${operation.summary}

${table}${statuses(operation)}

\`\`\`json
${example === undefined || Object.keys(example).length === 0 ? '' : `${JSON.stringify(example)}\n`}${JSON.stringify(answered)}
\`\`\`
`;
}

type Content = { readonly schema?: SchemaPart; readonly example?: object };
interface SchemaPart {
  readonly properties?: { readonly [field: string]: object };
  readonly required?: readonly string[];
}

const contentOf = (part: object | undefined): Content =>
  (part as { content?: { 'application/json'?: Content } } | undefined)?.content?.['application/json'] ?? {};

function parameterRow(parameter: object): string {
  const { name, in: place, required, schema } = parameter as { name: string; in: string; required: boolean; schema: object };
  return row(name, place, schema, required);
}

function bodyRows({ requestBody }: Operation): string[] {
  const { properties = {}, required = [] } = contentOf(requestBody).schema ?? {};
  return Object.entries(properties).map(([name, schema]) => row(name, 'body', schema, required.includes(name)));
}

const row = (name: string, place: string, schema: object, required: boolean): string =>
  `| \`${name}\` | ${place} | ${formOf(schema)} | ${required ? 'required' : ''} |`;

/** In a few words; the document has all of it. */
function formOf(schema: object): string {
  const {
    type,
    enum: values,
    pattern,
    anyOf,
    default: fallback,
    minimum,
    maximum,
    maxLength,
  } = schema as Record<string, unknown>;
  const words = [
    Array.isArray(values) ? values.map((value) => `\`${value}\``).join(', ') : anyOf ? 'one of several' : (type ?? 'any'),
    ...(pattern === undefined ? [] : [`\`${String(pattern).replaceAll('|', '\\|')}\``]),
    ...(minimum === undefined && maximum === undefined ? [] : [`${minimum ?? ''} to ${maximum ?? ''}`]),
    ...(maxLength === undefined ? [] : [`at most ${maxLength} characters`]),
    ...(fallback === undefined ? [] : [`otherwise \`${JSON.stringify(fallback)}\``]),
  ];
  return words.join(', ');
}

function statuses({ responses }: Operation): string {
  return Object.entries(responses)
    .map(([status, { description }]) => `- ${status}: ${description}`)
    .join('\n');
}
