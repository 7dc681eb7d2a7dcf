import { createServer } from 'node:http';
import type { HttpResponse } from '../../functions/middleware/http-event.ts';
import { closeServer, listen } from './listen.ts';

export interface MetricsServerOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly metrics: () => Promise<HttpResponse>;
  readonly onFault: (error: unknown) => void;
}

export interface MetricsServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the metrics alone and without a token, for a scraper on a network of its own: they hold counts and names of functions only. */
export async function listenForScrapes({ host, port, metrics, onFault }: MetricsServerOptions): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    const asked = request.method === 'GET' && request.url?.split('?')[0] === '/metrics';
    const answer = asked
      ? metrics()
      : Promise.resolve({ statusCode: 404, headers: {}, body: 'Only GET /metrics is served here.\n' });
    answer
      .catch((error: unknown) => {
        onFault(error);
        return { statusCode: 500, headers: {}, body: 'See the log of the control plane.\n' };
      })
      .then(({ statusCode, headers, body }) => response.writeHead(statusCode, headers).end(body));
  });
  const url = await listen(server, { host, port, option: '--metrics-port' });
  return { url, close: () => closeServer(server) };
}
