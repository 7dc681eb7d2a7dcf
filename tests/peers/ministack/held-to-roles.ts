import { expect, it } from 'vitest';
import { readWiring } from '../../../local/graph/read-wiring.ts';
import { EXCEPTIONS, isExcepted } from '../../infra/iam/exceptions.ts';
import { type Grant, refusals, unusedGrants } from '../../infra/iam/roles.ts';
import { onTaskMachine } from '../../infra/iam/wire-recorder.ts';
import type { PeerPlane } from './peer-plane.ts';

/** Asked by one function each, or few: were they not recognised on the wire, nothing else would tell. */
const OF_ROLLOUTS = ['PutMetricAlarm', 'TagResource', 'DescribeAlarms', 'DeleteAlarms', 'PutMetricData', 'GetMetricData'].map(
  (action) => `cloudwatch:${action}`,
);

/** Comes last: what the bundles asked in all scenarios before is held to their roles. */
export function heldToRoles(plane: () => PeerPlane): void {
  const recorded = () => {
    const { functions, machines } = readWiring(plane().graph);
    const component = machines.find(({ name }) => name === 'component');
    const asked = onTaskMachine(plane().recorder.requests, component?.arn ?? '');
    return { functions, asked };
  };

  it('asks of AWS nothing that the roles do not allow', async () => {
    const { functions, asked } = recorded();
    expect(new Set(asked.map((request) => request.function)).size).toBeGreaterThan(10);
    expect(asked.map(({ action }) => action)).toEqual(expect.arrayContaining(OF_ROLLOUTS));
    expect(await refusals(functions, asked)).toEqual([]);
  });

  it('is granted nothing that it does not ask, but for the exceptions of the embedded recording', () => {
    const { functions, asked } = recorded();
    const unnamed = (grant: Grant) => !EXCEPTIONS.some((exception) => isExcepted(grant, exception));
    expect(unusedGrants(functions, asked).filter(unnamed)).toEqual([]);
  });
}
