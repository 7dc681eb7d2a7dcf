import { APIGatewayProxyEventV2Schema } from '@aws-lambda-powertools/parser/schemas';
import { callEach } from './clients.ts';
import { wrapped } from './powertools.ts';

/** A function behind a route, as Powertools' quick start writes it. */
export const handler = wrapped(APIGatewayProxyEventV2Schema, async ({ pathParameters }) => ({
  statusCode: 200,
  body: JSON.stringify(await callEach(pathParameters?.['runId'] ?? '')),
}));
