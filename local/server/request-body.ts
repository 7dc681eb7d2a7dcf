import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { MalformedError } from '../../shared/api/api-errors.ts';
import { SlipwayError } from '../../shared/errors/slipway-error.ts';

const MAX_BODY_BYTES = 2 * 1024 * 1024;

class BodyTooLargeError extends SlipwayError {
  override readonly name = 'BodyTooLargeError';
  override readonly code = 'BODY_TOO_LARGE';
}

/** The body as text. Never holds more than the limit, whatever the request says of its length. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    // Read to the end without keeping it, so that the answer reaches whoever still sends.
    if (length <= MAX_BODY_BYTES) chunks.push(chunk);
    else if (length > 8 * MAX_BODY_BYTES) request.destroy();
  }
  if (length > MAX_BODY_BYTES) {
    throw new BodyTooLargeError(`The body is larger than ${MAX_BODY_BYTES} bytes.`, { next: 'Send less at once.' });
  }
  const body = Buffer.concat(chunks);
  if (!isUtf8(body)) throw new MalformedError('The body is no text in UTF-8.', { next: 'Send JSON in UTF-8.' });
  return body.toString('utf8');
}
