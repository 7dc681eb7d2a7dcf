import { Agent, createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What one request of DynamoDB's protocol took. */
export interface Consumed {
  /** `UpdateItem`. */
  readonly operation: string;
  readonly table: string;
  /** Request units; a write whose condition did not hold takes one at least. */
  readonly units: number;
  /** The sort key, where one item was written. */
  readonly sortKey: string | undefined;
}

interface Capacity {
  readonly TableName: string;
  readonly CapacityUnits: number;
}

/** Stands before a store that speaks DynamoDB's protocol, and has it count what each request consumes. */
export async function capacityProxy(target: string, onConsumed: (consumed: Consumed) => void) {
  const agent = new Agent({ keepAlive: true });
  const server = createServer(async (incoming, outgoing) => {
    const operation = String(incoming.headers['x-amz-target']).split('.')[1] ?? '';
    const asked = JSON.parse((await whole(incoming)).toString()) as Asked;
    const body = Buffer.from(JSON.stringify(COUNTED.has(operation) ? { ...asked, ReturnConsumedCapacity: 'TOTAL' } : asked));
    const headers = { ...incoming.headers, 'content-length': String(body.length) };
    const forwarded = request(target, { method: 'POST', path: '/', agent, headers }, async (answer) => {
      const text = await whole(answer);
      for (const consumed of consumedBy(operation, asked, text.toString())) onConsumed(consumed);
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      outgoing.end(text);
    });
    forwarded.on('error', (error) => outgoing.destroy(error));
    forwarded.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      agent.destroy();
    },
  };
}

interface Asked {
  readonly TableName?: string;
  readonly Key?: { readonly sk?: { readonly S?: string } };
}

const COUNTED = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan', 'PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem']);

function consumedBy(operation: string, asked: Asked, text: string): Consumed[] {
  if (!COUNTED.has(operation)) return [];
  const sortKey = asked.Key?.sk?.S;
  if (text.includes('ConditionalCheckFailedException')) return [{ operation, table: asked.TableName ?? '', units: 1, sortKey }];
  const { ConsumedCapacity = [] } = JSON.parse(text) as { ConsumedCapacity?: Capacity | readonly Capacity[] };
  const all: readonly Capacity[] = Array.isArray(ConsumedCapacity) ? ConsumedCapacity : [ConsumedCapacity as Capacity];
  return all.map(({ TableName, CapacityUnits }) => ({ operation, table: TableName, units: CapacityUnits, sortKey }));
}

async function whole(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
