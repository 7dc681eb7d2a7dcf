import type { AddressInfo } from 'node:net';
import { keyService } from './service.ts';

/** The service by itself, until Ctrl-C, on the port that it is given or on a free one. Prints the secret with which it begins, and then each request. */
const FIRST = 'the-first-key';
const { server, log } = keyService(FIRST);
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(JSON.stringify({ service: `http://127.0.0.1:${port}`, id: 'first', key: FIRST }));
});
server.on('request', (_, response) => response.on('close', () => console.error(log.at(-1))));
