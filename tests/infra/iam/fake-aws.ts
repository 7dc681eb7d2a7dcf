import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Bodies that are enough for the adapters to go on, by the operation in `X-Amz-Target`. */
const BODIES: { readonly [operation: string]: object } = {
  BatchGetItem: { Responses: {} },
  DescribeTable: { Table: { KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] } },
  GetItem: { Item: { id: { S: 'a' }, name: { S: 'before' } } },
  GetSecretValue: { VersionId: 'a', SecretString: Buffer.alloc(32, 7).toString('base64') },
  ListTables: { TableNames: [] },
  PutEvents: { FailedEntryCount: 0, Entries: [] },
};

const LISTING = '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>';
const PUBLISHED = '<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>';
const MISSING = '<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>';

const NO_TIMER = JSON.stringify({ __type: 'ResourceNotFoundException', Message: 'gone', ScheduleArn: 'arn' });

function answer(method: string, url: string, target: string | undefined): { status: number; body: string } {
  if (target !== undefined) return { status: 200, body: JSON.stringify(BODIES[target.split('.')[1] ?? ''] ?? {}) };
  if (url.endsWith('/invocations'))
    return { status: 200, body: JSON.stringify({ shape: { effect: 'idempotent', methods: ['forward'] } }) };
  if (method === 'POST' && url === '/') return { status: 200, body: PUBLISHED };
  // No timer is there yet: one that is changed is missed, and made.
  if (url.startsWith('/schedules/')) return { status: method === 'PUT' ? 404 : 200, body: NO_TIMER };
  if (url.includes('list-type=2')) return { status: 200, body: LISTING };
  if (method === 'GET' && url.includes('gone')) return { status: 404, body: MISSING };
  return { status: 200, body: '' };
}

/** Answers every request of the adapters as AWS would in the plainest case. */
export async function startFakeAws(): Promise<{ readonly endpoint: string; readonly close: () => void }> {
  const server = createServer((request, response) => {
    request.resume();
    const target = request.headers['x-amz-target'];
    const { status, body } = answer(request.method ?? '', request.url ?? '', typeof target === 'string' ? target : undefined);
    const type = body.startsWith('<') ? 'application/xml' : 'application/x-amz-json-1.0';
    response.writeHead(status, { 'content-type': type }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
