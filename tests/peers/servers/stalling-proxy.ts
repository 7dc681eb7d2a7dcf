import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';

/** Between a client and a server: hands everything on, or takes everything and says nothing, as a server that hangs. */
export async function stallingProxy(port: number) {
  const open = new Set<Socket>();
  const said: Buffer[] = [];
  let clients = 0;
  let stalled = false;
  const server = createServer((client) => {
    open.add(client.on('error', () => {}));
    clients += 1;
    client.on('data', (chunk: Buffer) => said.push(chunk));
    if (stalled) return;
    const upstream = createConnection(port, '127.0.0.1').on('error', () => client.destroy());
    open.add(upstream);
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    /** How many clients have come so far, and what they have said. */
    clients: () => clients,
    said: () => Buffer.concat(said).toString('latin1'),
    stall: (on: boolean) => {
      stalled = on;
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
