import { APIGatewayProxyEventV2Schema } from '@aws-lambda-powertools/parser/schemas';
import { parse } from 'yaml';
import { callEach } from './clients.ts';
import { wrapped } from './powertools.ts';

/** A function behind a route that is sent a document in YAML. */
export const handler = wrapped(APIGatewayProxyEventV2Schema, async ({ body }) => {
  const plan: unknown = parse(body ?? '');
  return { statusCode: 200, body: JSON.stringify({ plan, found: await callEach(String(plan)) }) };
});
