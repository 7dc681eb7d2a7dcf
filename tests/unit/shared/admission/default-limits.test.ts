import { describe, expect, it } from 'vitest';
import * as defaults from '../../../../shared/admission/default-limits.ts';
import { limits } from '../../../../shared/admission/limits.ts';

describe('default limits', () => {
  it.each(Object.entries(defaults))('%s are limits as an administrator may set them', (_name, these) => {
    expect(limits.parse(these)).toEqual(these);
  });
});
