import { CodeDeployClient, CreateDeploymentCommand, GetDeploymentCommand } from '@aws-sdk/client-codedeploy';
import { GetAliasCommand, LambdaClient, ListVersionsByFunctionCommand, ResourceNotFoundException } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { releaseFunctions } from '../../../infra/release/release-functions.ts';

const lambda = mockClient(LambdaClient);
const codedeploy = mockClient(CodeDeployClient);
const functionName = (name: string) => `slipway-production-${name}`;

let lines: string[];
let waits: number[];

beforeEach(() => {
  lambda.reset();
  codedeploy.reset();
  lines = [];
  waits = [];
});

const release = (functions: readonly string[], signal = new AbortController().signal) =>
  releaseFunctions({
    lambda: new LambdaClient({}),
    codedeploy: new CodeDeployClient({}),
    plane: 'slipway-production',
    functions,
    wait: async (ms) => void waits.push(ms),
    signal,
    report: (line) => lines.push(line),
  });

function deployed(
  name: string,
  current: string,
  versions: readonly (readonly string[])[],
  weights?: { [version: string]: number },
) {
  const routing = weights === undefined ? {} : { RoutingConfig: { AdditionalVersionWeights: weights } };
  lambda
    .on(GetAliasCommand, { FunctionName: functionName(name), Name: 'live' })
    .resolves({ FunctionVersion: current, ...routing });
  versions.forEach((page, index) => {
    const marker = index === 0 ? {} : { Marker: String(index) };
    const next = index + 1 < versions.length ? { NextMarker: String(index + 1) } : {};
    lambda
      .on(ListVersionsByFunctionCommand, { FunctionName: functionName(name), ...marker })
      .resolves({ Versions: page.map((Version) => ({ Version })), ...next });
  });
}

function goes(name: string, id: string, statuses: readonly object[]) {
  codedeploy.on(CreateDeploymentCommand, { deploymentGroupName: name }).resolves({ deploymentId: id });
  const answers = codedeploy.on(GetDeploymentCommand, { deploymentId: id });
  for (const deploymentInfo of statuses) answers.resolvesOnce({ deploymentInfo });
}

describe('releaseFunctions', () => {
  it('leaves a function alone whose alias is at the newest version', async () => {
    deployed('get-run', '12', [['$LATEST', '2', '12']]);
    expect(await release(['get-run'])).toEqual([{ function: 'get-run', outcome: 'current', version: '12' }]);
    expect(codedeploy.calls()).toEqual([]);
    expect(lines).toEqual(['get-run: version 12 is the newest']);
  });

  it('moves an alias that is behind, and waits for the end', async () => {
    deployed('get-run', '9', [['$LATEST', '9'], ['10']]);
    goes('get-run', 'd-1', [{ status: 'Created' }, { status: 'InProgress' }, { status: 'InProgress' }, { status: 'Succeeded' }]);
    expect(await release(['get-run'])).toEqual([
      { function: 'get-run', outcome: 'moved', from: '9', to: '10', deployment: 'd-1' },
    ]);
    expect(lines).toEqual(['Created', 'InProgress', 'Succeeded'].map((status) => `get-run: 9 to 10, d-1: ${status}`));
    expect(waits).toEqual([10_000, 10_000, 10_000]);
  });

  it('tells CodeDeploy which alias to move between which versions', async () => {
    deployed('get-run', '1', [['1', '2']]);
    goes('get-run', 'd-1', [{ status: 'Succeeded' }]);
    await release(['get-run']);
    const { input } = codedeploy.commandCalls(CreateDeploymentCommand)[0]?.args[0] ?? {};
    expect(input).toMatchObject({ applicationName: 'slipway-production', revision: { revisionType: 'AppSpecContent' } });
    const content = input?.revision?.appSpecContent?.content ?? '';
    expect(content).toMatch(/^\{"version":0\.0,/);
    expect(JSON.parse(content)).toEqual({
      version: 0,
      Resources: [
        {
          live: {
            Type: 'AWS::Lambda::Function',
            Properties: { Name: functionName('get-run'), Alias: 'live', CurrentVersion: '1', TargetVersion: '2' },
          },
        },
      ],
    });
  });

  it('tells why a deployment was taken back, and goes on with the others', async () => {
    deployed('get-run', '1', [['1', '2']]);
    deployed('list-runs', '4', [['5']]);
    const errorInformation = { code: 'ALARM_ACTIVE', message: 'One or more alarms have been activated' };
    goes('get-run', 'd-1', [{ status: 'Stopped', errorInformation, rollbackInfo: { rollbackMessage: 'Rolled back by d-3' } }]);
    goes('list-runs', 'd-2', [{ status: 'Succeeded' }]);
    const [failed, moved] = await release(['get-run', 'list-runs']);
    expect(failed).toMatchObject({ function: 'get-run', outcome: 'failed' });
    for (const part of ['d-1 ended as Stopped', 'ALARM_ACTIVE', 'Rolled back by d-3', 'version before']) {
      expect(failed?.outcome === 'failed' && failed.reason).toContain(part);
    }
    expect(moved?.outcome).toBe('moved');
  });

  it('asks Lambda of one function after another, and lets all deployments go on side by side', async () => {
    const names = ['get-run', 'list-runs', 'get-flag'];
    let asking = 0;
    let most = 0;
    lambda.on(GetAliasCommand).callsFake(async () => {
      most = Math.max(most, ++asking);
      await Promise.resolve();
      asking--;
      return { FunctionVersion: '1' };
    });
    lambda.on(ListVersionsByFunctionCommand).resolves({ Versions: [{ Version: '2' }] });
    codedeploy.on(CreateDeploymentCommand).callsFake(({ deploymentGroupName }) => ({ deploymentId: deploymentGroupName }));
    const begun = () => codedeploy.commandCalls(CreateDeploymentCommand).length;
    codedeploy.on(GetDeploymentCommand).callsFake(() => ({
      deploymentInfo: { status: begun() === names.length ? 'Succeeded' : 'InProgress' },
    }));
    expect((await release(names)).map(({ outcome }) => outcome)).toEqual(['moved', 'moved', 'moved']);
    expect(most).toBe(1);
  });

  it('touches no alias whose traffic is split', async () => {
    deployed('get-run', '1', [['1', '2']], { 2: 0.1 });
    const [outcome] = await release(['get-run']);
    expect(outcome?.outcome === 'failed' && outcome.reason).toContain('split');
    expect(codedeploy.calls()).toEqual([]);
  });

  it('says what to do where a function or its alias is not there', async () => {
    lambda.on(GetAliasCommand).rejects(new ResourceNotFoundException({ message: 'no', $metadata: {} }));
    const [outcome] = await release(['get-run']);
    expect(outcome?.outcome === 'failed' && outcome.reason).toContain('run pulumi up');
  });

  it('says so where nothing was ever published', async () => {
    deployed('get-run', '1', [['$LATEST']]);
    const [outcome] = await release(['get-run']);
    expect(outcome?.outcome === 'failed' && outcome.reason).toContain('no published version');
  });

  it('tells an error of AWS as it is', async () => {
    deployed('get-run', '1', [['2']]);
    codedeploy.on(CreateDeploymentCommand).rejects(new Error('the group already has an active deployment'));
    const [outcome] = await release(['get-run']);
    expect(outcome).toEqual({ function: 'get-run', outcome: 'failed', reason: 'the group already has an active deployment' });
  });

  it('stops waiting when it is told to, and says that the deployment goes on', async () => {
    deployed('get-run', '1', [['2']]);
    codedeploy.on(CreateDeploymentCommand).resolves({ deploymentId: 'd-1' });
    codedeploy.on(GetDeploymentCommand).resolves({ deploymentInfo: { status: 'InProgress' } });
    const stop = new AbortController();
    const outcomes = await releaseFunctions({
      lambda: new LambdaClient({}),
      codedeploy: new CodeDeployClient({}),
      plane: 'slipway-production',
      functions: ['get-run'],
      wait: async (_, signal) => {
        stop.abort();
        signal.throwIfAborted();
      },
      signal: stop.signal,
      report: (line) => lines.push(line),
    });
    expect(outcomes[0]?.outcome === 'failed' && outcomes[0].reason).toContain('time was up');
  });
});
