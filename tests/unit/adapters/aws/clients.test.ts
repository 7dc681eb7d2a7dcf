import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { DeleteItemCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type Call,
  type ClientOptions,
  dynamoClient,
  eventBridgeClient,
  lambdaClient,
  s3Client,
  stepFunctionsClient,
} from '../../../../adapters/aws/clients.ts';

const servers: Server[] = [];

/** A client of a server that answers so. */
const clientOf = async (answer: RequestListener, options: ClientOptions = {}) => {
  const server = createServer(answer).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return dynamoClient({ endpoint: `http://127.0.0.1:${port}`, region: 'eu-west-1', credentials, ...options });
};

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

describe('clients', () => {
  it('tries once, since retries have one layer', async () => {
    let requests = 0;
    const client = await clientOf((_request, response) => {
      requests++;
      response.writeHead(500).end('{}');
    });
    await expect(client.send(new ListTablesCommand({}))).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
    expect(requests).toBe(1);
  });

  it.each(['ECONNRESET', 'EPIPE'])('reads once more where a kept connection turns out to be closed (%s)', async (code) => {
    const client = await clientOf((_request, response) => response.end('{"TableNames":["a"]}'));
    let sent = 0;
    client.middlewareStack.add(
      (next) => (args) => {
        sent++;
        return sent === 1 ? Promise.reject(Object.assign(new Error('it was closed'), { code })) : next(args);
      },
      { step: 'deserialize' },
    );
    expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual(['a']);
    expect(sent).toBe(2);
  });

  it('reads once more on another connection where the server closed the one that was kept', async () => {
    let requests = 0;
    const client = await clientOf((request, response) => {
      requests++;
      if (requests === 2) request.socket.destroy();
      else response.end('{"TableNames":[]}');
    });
    for (let at = 0; at < 2; at++) await client.send(new ListTablesCommand({}));
    expect(requests).toBe(3);
  });

  it('reads no third time', async () => {
    let requests = 0;
    const client = await clientOf((request) => {
      requests++;
      request.socket.destroy();
    });
    await expect(client.send(new ListTablesCommand({}))).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(requests).toBe(2);
  });

  it('writes once, whatever becomes of the connection: it may have landed', async () => {
    let requests = 0;
    const client = await clientOf((request) => {
      requests++;
      request.socket.destroy();
    });
    const write = new DeleteItemCommand({ TableName: 't', Key: { id: { S: 'a' } } });
    await expect(client.send(write)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(requests).toBe(1);
  });

  it('gives up on an answer that does not come', async () => {
    const client = await clientOf(() => {}, { requestTimeout: 30 });
    await expect(client.send(new ListTablesCommand({}))).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('keeps its connection from one request to the next', async () => {
    let connections = 0;
    const client = await clientOf((_request, response) => response.end('{"TableNames":[]}'));
    servers[0]?.on('connection', () => connections++);
    for (let at = 0; at < 5; at++) await client.send(new ListTablesCommand({}));
    expect(connections).toBe(1);
  });

  it('shows every call to the one who stands around it', async () => {
    const calls: Call[] = [];
    const client = await clientOf((_request, response) => response.end('{"TableNames":["a"]}'), {
      around: async (call, send) => {
        calls.push(call);
        return send();
      },
    });
    expect((await client.send(new ListTablesCommand({ Limit: 1 }))).TableNames).toEqual(['a']);
    expect(calls).toEqual([{ client: 'DynamoDBClient', command: 'ListTablesCommand', input: { Limit: 1 } }]);
  });

  it('lets the one around it refuse a call before it is sent, and lose its answer after', async () => {
    let requests = 0;
    const answer: RequestListener = (_request, response) => {
      requests++;
      response.end('{}');
    };
    const refusing = await clientOf(answer, { around: () => Promise.reject(new Error('not allowed')) });
    await expect(refusing.send(new ListTablesCommand({}))).rejects.toThrow('not allowed');
    expect(requests).toBe(0);
    const losing = await clientOf(answer, {
      around: async (_call, send) => {
        await send();
        throw new Error('lost');
      },
    });
    await expect(losing.send(new ListTablesCommand({}))).rejects.toThrow('lost');
    expect(requests).toBe(1);
  });

  it('copies no request for a log that nobody reads', () => {
    expect(dynamoClient().middlewareStack.identify().join()).not.toContain('logger');
  });

  it('builds a client of each service with the same settings', async () => {
    const options = { region: 'eu-north-1', endpoint: 'http://127.0.0.1:1' };
    const around: ClientOptions['around'] = () => Promise.reject(new Error('seen'));
    for (const client of [s3Client, stepFunctionsClient, lambdaClient, eventBridgeClient].map((build) =>
      build({ ...options, around }),
    )) {
      expect(await client.config.region()).toBe('eu-north-1');
      expect(await client.config.maxAttempts()).toBe(1);
    }
  });
});
