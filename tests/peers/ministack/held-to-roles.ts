import { expect, it } from 'vitest';
import { readWiring } from '../../../local/graph/read-wiring.ts';
import { refusals } from '../../infra/iam/roles.ts';
import { onTaskMachine } from '../../infra/iam/wire-recorder.ts';
import type { PeerPlane } from './peer-plane.ts';

/** Comes last: what the bundles asked in all scenarios before is held to their roles. */
export function heldToRoles(plane: () => PeerPlane): void {
  it('asks of AWS nothing that the roles do not allow', async () => {
    const { functions, machines } = readWiring(plane().graph);
    const component = machines.find(({ name }) => name === 'component');
    const asked = onTaskMachine(plane().recorder.requests, component?.arn ?? '');
    expect(new Set(asked.map((request) => request.function)).size).toBeGreaterThan(10);
    expect(await refusals(functions, asked)).toEqual([]);
  });
}
