import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpResponse } from '../../functions/middleware/http-event.ts';
import type { ProblemDetail } from '../../shared/api/problem-detail.ts';
import { problem } from '../../shared/api/problem-of.ts';

/** A problem as an answer; `headers` beside its type. */
export const problemResponse = (told: ProblemDetail, headers: Readonly<Record<string, string>> = {}): HttpResponse => ({
  statusCode: told.status,
  headers: { 'content-type': 'application/problem+json', ...headers },
  body: JSON.stringify(told),
});

/** How long a request may take to arrive, ms. */
export interface Patience {
  readonly headers: number;
  readonly whole: number;
}

export const PATIENCE: Patience = { headers: 10_000, whole: 30_000 };

/** What a server is made with, so that nobody holds a connection by sending slowly. */
export const arrivalLimits = ({ headers, whole }: Patience) => ({
  headersTimeout: headers,
  requestTimeout: whole,
  connectionsCheckingInterval: Math.min(1000, headers),
});

/** Answers what node:http itself cannot read as a request, as every other refusal is answered; then the connection goes. */
export function refuseUnreadable(server: Server, nextId: () => string): void {
  const answering = new Map<object, ServerResponse>();
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    answering.set(socket, response);
    response.once('close', () => answering.delete(socket));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // Into an answer that is under way another would only be garbled.
    if (error.code === 'ECONNRESET' || !socket.writable || answering.get(socket)?.headersSent) {
      socket.destroy();
      return;
    }
    const requestId = nextId();
    const told = { ...unreadable(error.code), requestId };
    const { headers, body } = problemResponse(told, {
      'x-request-id': requestId,
      connection: 'close',
    });
    const lines = Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(body)) });
    socket.end(
      [
        `HTTP/1.1 ${told.status} ${STATUS_CODES[told.status]}`,
        ...lines.map(([name, value]) => `${name}: ${value}`),
        '',
        body,
      ].join('\r\n'),
    );
  });
}

function unreadable(code: string | undefined): ProblemDetail {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return problem('HEADERS_TOO_LARGE', 'The headers are larger than 16 KiB.', 'Send fewer or shorter headers.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return problem('REQUEST_TIMEOUT', 'The request did not arrive in time.', 'Send it again, faster.');
    default:
      return problem('MALFORMED', 'This is no HTTP request.', 'Speak HTTP/1.1.');
  }
}
