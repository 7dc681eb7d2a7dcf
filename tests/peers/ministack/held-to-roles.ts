import { expect, it } from 'vitest';
import { readWiring } from '../../../local/graph/read-wiring.ts';
import { refusals } from '../../infra/iam/roles.ts';
import { onTaskMachine } from '../../infra/iam/wire-recorder.ts';
import type { PeerPlane } from './peer-plane.ts';

/** Asked by one function each, or few: were they not recognised on the wire, nothing else would tell. */
const OF_ROLLOUTS = ['PutMetricAlarm', 'TagResource', 'DescribeAlarms', 'DeleteAlarms', 'PutMetricData', 'GetMetricData'].map(
  (action) => `cloudwatch:${action}`,
);

/** Comes last: what the bundles asked in all scenarios before is held to their roles. */
export function heldToRoles(plane: () => PeerPlane): void {
  it('asks of AWS nothing that the roles do not allow', async () => {
    const { functions, machines } = readWiring(plane().graph);
    const component = machines.find(({ name }) => name === 'component');
    const asked = onTaskMachine(plane().recorder.requests, component?.arn ?? '');
    expect(new Set(asked.map((request) => request.function)).size).toBeGreaterThan(10);
    expect(asked.map(({ action }) => action)).toEqual(expect.arrayContaining(OF_ROLLOUTS));
    expect(await refusals(functions, asked)).toEqual([]);
  });
}
