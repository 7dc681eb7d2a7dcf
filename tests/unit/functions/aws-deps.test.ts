import { afterEach, describe, expect, it, vi } from 'vitest';
import { awsDeps } from '../../../functions/aws-deps.ts';

const env = {
  SLIPWAY_ENVIRONMENT: 'test',
  SLIPWAY_TABLE: 'control',
  SLIPWAY_BUCKET: 'artefacts',
  SLIPWAY_BUS: 'events',
  SLIPWAY_MACHINE_RUN: 'arn:aws:states:eu-central-1:123456789012:stateMachine:slipway-run',
};
const calling = (...services: readonly string[]) => {
  const known = ['dynamodb', 'cloudwatch', 's3', 'events', 'states', 'lambda'];
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubGlobal('SLIPWAY_CALLS', Object.fromEntries(known.map((service) => [service, services.includes(service)])));
};

afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

describe('awsDeps', () => {
  it('reaches the machines, the tables and the Tasks that the environment names', async () => {
    calling('dynamodb', 's3', 'events', 'states', 'lambda');
    const deps = awsDeps(env);
    expect(deps.environment).toBe('test');
    expect(deps.workflow.arnOf('run', 'one')).toContain(':execution:slipway-run:one');
    // Files beside a plan are no Tasks, and nothing has to be asked to know it.
    const { functions } = await deps.code.facts(undefined, [{ to: 'transform', name: './a.ts#b', path: [] }]);
    expect(functions?.get('./a.ts#b')).toBe('missing-file');
    await expect(deps.code.transform(undefined, './a.ts#b', 0)).rejects.toMatchObject({ code: 'PREPARATION_FAILED' });
  });

  it('has nothing where the function has no permission, and says so', () => {
    calling();
    const { artefacts, events, workflow, code } = awsDeps(env);
    const message = expect.stringContaining('may not call');
    for (const call of [
      () => artefacts.get('a'),
      () => events.publish([]),
      () => workflow.describe('a'),
      () => code.userCode('.'),
    ]) {
      expect(call).toThrow(expect.objectContaining({ code: 'PREPARATION_FAILED', message }));
    }
  });
});
