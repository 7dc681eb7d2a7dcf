import { describe, expect, it } from 'vitest';
import { SampleProcess } from '../../../../cli/demo/sample-process.ts';

describe('a process of the sample', () => {
  it('is an error with its last words where it ends by itself', async () => {
    const absent = new SampleProcess('absent.ts', () => undefined);
    await expect(absent.failed).rejects.toMatchObject({
      code: 'SAMPLE_ENDED',
      message: expect.stringContaining('Cannot find module'),
      next: 'slipway demo --no-rollout',
    });
    await absent.close();
  });

  it('ends when it is told to, and that is no error', async () => {
    const traffic = new SampleProcess('traffic.ts', () => undefined);
    await traffic.close();
    await expect(Promise.race([traffic.failed, Promise.resolve('quiet')])).resolves.toBe('quiet');
  });
});
