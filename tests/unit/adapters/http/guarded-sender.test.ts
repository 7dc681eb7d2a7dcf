import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { guardedSender } from '../../../../adapters/http/guarded-sender.ts';

async function listening(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
const message = (url: string) => ({ url, headers: { 'webhook-id': 'm' }, body: '{}' });
const at =
  (...addresses: string[]) =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

describe('guardedSender', () => {
  it('connects to the address that it checked, whatever the name resolves to next', async () => {
    const hosts: (string | undefined)[] = [];
    const port = await listening((request, response) => {
      hosts.push(request.headers.host);
      response.writeHead(200).end();
    });
    const looked: string[] = [];
    const lookup = async (host: string) => {
      looked.push(host);
      return at('127.0.0.1')();
    };
    const sender = guardedSender({ allowLocal: true, lookup });
    expect(await sender.send(message(`http://receiver.test:${port}/`))).toEqual({ status: 200 });
    expect(looked).toEqual(['receiver.test']);
    expect(hosts).toEqual([`receiver.test:${port}`]);
  });

  it('refuses a name of which one address is inside, and tells none of them', async () => {
    for (const inside of ['10.0.0.7', '169.254.169.254', '::ffff:10.0.0.7', 'fe80::1']) {
      const sender = guardedSender({ lookup: at('8.8.8.8', inside) });
      expect(await sender.send(message('https://mixed.test/'))).toEqual({
        failed: 'mixed.test is no address of the public internet',
      });
    }
  });

  it('lets the addresses of this machine in where it is told to, and no others inside', async () => {
    const sender = guardedSender({ allowLocal: true, lookup: at('10.0.0.7') });
    expect(await sender.send(message('http://near.test/'))).toMatchObject({ failed: expect.stringContaining('public internet') });
    expect(sender.refusal('http://127.0.0.1:8080/')).toBeUndefined();
    expect(guardedSender().refusal('http://127.0.0.1:8080/')).toBe('it is no https URL');
  });

  it.each([
    'https://127.1/',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://[::1]/',
    'https://[::ffff:a9fe:a9fe]/',
    'https://0/',
  ])('sees through %s', async (url) => {
    expect(guardedSender().refusal(url)).toContain('is no address of the public internet');
    expect(await guardedSender().send(message(url))).toEqual({ failed: expect.stringContaining('is no address') });
  });

  it('follows no redirect and reads no body', async () => {
    const port = await listening((request, response) =>
      request.url === '/' ? response.writeHead(307, { location: '/next' }).end() : response.writeHead(200).end(),
    );
    expect(await guardedSender({ allowLocal: true }).send(message(`http://127.0.0.1:${port}/`))).toEqual({ status: 307 });
  });

  it('takes an offer of another protocol as an answer, and closes the connection', async () => {
    const closed = Promise.withResolvers<void>();
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined).on('close', () => closed.resolve());
      socket.once('data', () =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: other\r\nconnection: upgrade\r\n\r\n'),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const sender = guardedSender({ allowLocal: true });
    expect(await sender.send(message(`http://127.0.0.1:${port}/`))).toEqual({ status: 101 });
    await closed.promise;
  });

  it('gives up a receiver that hangs, and a name that is never resolved', async () => {
    const port = await listening(() => undefined);
    const timed = { allowLocal: true, timeoutMs: 100 };
    expect(await guardedSender(timed).send(message(`http://127.0.0.1:${port}/`))).toEqual({ failed: 'no answer in time' });
    const never = guardedSender({ ...timed, lookup: () => new Promise(() => undefined) });
    expect(await never.send(message('https://slow.test/'))).toEqual({ failed: 'no answer in time' });
    expect(await guardedSender({ lookup: at() }).send(message('https://none.test/'))).toEqual({
      failed: 'none.test has no address',
    });
  });
});
