import { expect, it } from 'vitest';
import { changedFlags } from '../../../../shared/flags/changed-flags.ts';
import { flagDocument } from '../../../../shared/flags/flag-document.ts';
import { onOff } from './flag-builder.ts';

const document = (flags: object, more: object = {}) => flagDocument.parse({ flags, ...more });

it('names the flags that came, went, or are not what they were', () => {
  const before = document({ same: onOff(), changed: onOff(), gone: onOff() });
  const after = document({ came: onOff(), changed: onOff({ var: 'x' }), same: onOff() });
  expect(changedFlags(before, after).sort()).toEqual(['came', 'changed', 'gone']);
  expect(changedFlags(before, before)).toEqual([]);
  expect(changedFlags(undefined, after)).toEqual(['came', 'changed', 'same']);
});

it('names all of them where what they share has changed', () => {
  const flags = { a: onOff(), b: onOff() };
  expect(changedFlags(document(flags), document(flags, { $evaluators: { staff: true } }))).toEqual(['a', 'b']);
  expect(changedFlags(document(flags), document(flags, { metadata: { version: '2' } }))).toEqual(['a', 'b']);
});
