import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SlipwayError } from '../../shared/errors/slipway-error.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** The option that names another port. */
  readonly option: string;
}

class PortInUseError extends SlipwayError {
  override readonly name = 'PortInUseError';
  override readonly code = 'PORT_IN_USE';
}

class NoSuchAddressError extends SlipwayError {
  override readonly name = 'NoSuchAddressError';
  override readonly code = 'NO_SUCH_ADDRESS';
}

/** Resolves with the URL under which this machine itself reaches the server. */
export async function listen(server: Server, { host, port, option }: ListenOptions): Promise<string> {
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen(port, host, listening.resolve);
  await listening.promise.catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EADDRINUSE') {
      throw new PortInUseError(`The port ${port} is in use.`, { next: `Name another with ${option}.`, cause });
    }
    if (cause.code === 'EADDRNOTAVAIL' || cause.code === 'ENOTFOUND') {
      throw new NoSuchAddressError(`This machine has no address ${host}.`, { next: 'Name one that it has with --host.', cause });
    }
    throw cause;
  });
  const { address, family, port: bound } = server.address() as AddressInfo;
  if (address === '0.0.0.0' || address === '::') return `http://127.0.0.1:${bound}`;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`;
}

/** Whatever is still being answered is cut off. */
export async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
