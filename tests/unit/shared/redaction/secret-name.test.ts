import { describe, expect, it, vi } from 'vitest';
import { isSecretName } from '../../../../shared/redaction/secret-name.ts';

describe('isSecretName', () => {
  it('remembers names of fields, and no keys of data however long they are', () => {
    const set = vi.spyOn(Map.prototype, 'set');
    try {
      const data = `customer/${'x'.repeat(100_000)}/token`;
      expect([isSecretName('dbPasswordOfTheSpring'), isSecretName(data)]).toEqual([true, false]);
      const remembered = set.mock.calls.map(([key]) => key);
      expect(remembered).toContain('dbPasswordOfTheSpring');
      expect(remembered).not.toContain(data);
    } finally {
      set.mockRestore();
    }
  });
});
