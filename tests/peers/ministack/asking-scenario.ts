import { expect, it } from 'vitest';
import { type EndpointName, endpoints } from '../../../shared/api/endpoints.ts';
import type { Bed } from '../../scenarios/bed.ts';
import type { PeerPlane } from './peer-plane.ts';

/** Each endpoint is asked by the example that its documentation gives, of a run that is over and of flags that may not exist. */
export function askingScenario(bed: Bed, deployed: () => PeerPlane): void {
  it('answers whatever may be asked', async () => {
    const plane = await bed.start();
    const step = { name: 'one', kind: 'task' as const, run: bed.code('step'), items: ['a'] };
    const phases = [{ name: 'only', components: [step] }];
    const runId = await plane.startRun({ slipway: 1, name: 'asked', target: bed.target('asked'), phases });
    await plane.ended(runId);
    const answers: string[] = [];
    for (const [name, { example }] of Object.entries(endpoints)) {
      const input = {
        ...example.input,
        ...('runId' in example.input ? { runId } : {}),
        // No role reaches another secret than those of its environment.
        ...('secretId' in example.input ? { secretId: 'slipway-test-secret-none' } : {}),
      };
      const { status } = await deployed().send(name as EndpointName, input as never);
      if (status >= 500) answers.push(`${name}: ${status}`);
    }
    expect(answers).toEqual([]);
  });
}
