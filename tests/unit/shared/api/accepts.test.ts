import { describe, expect, it } from 'vitest';
import { acceptsJson } from '../../../../shared/api/accepts.ts';
import { readRequestId } from '../../../../shared/api/request-id.ts';

describe('acceptsJson', () => {
  it.each([undefined, '', '*/*', 'application/json', 'text/html, application/*;q=0.2', 'Application/JSON; charset=utf-8'])(
    'is true of %s',
    (accept) => expect(acceptsJson(accept)).toBe(true),
  );

  it.each(['text/html', 'application/xml;q=1', 'application/json;q=0', 'application/json; q=0.000', 'json'])(
    'is false of %s',
    (accept) => expect(acceptsJson(accept)).toBe(false),
  );
});

describe('readRequestId', () => {
  it('takes what is fit for a log', () => {
    expect(readRequestId('Root=1')).toBeUndefined();
    expect(readRequestId('a-1.b:c_d')).toBe('a-1.b:c_d');
    for (const bad of [undefined, '', 'x'.repeat(129), 'a b', 'a\r\nb', 'ä']) expect(readRequestId(bad)).toBeUndefined();
  });
});
