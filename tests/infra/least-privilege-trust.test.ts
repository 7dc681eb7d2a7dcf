import { beforeAll, describe, expect, it } from 'vitest';
import { hasDistributedMap } from '../../infra/definitions.ts';
import type { Statement } from '../../infra/policies/policy-document.ts';
import { evaluateGraph } from '../../local/graph/evaluate-graph.ts';
import { readWiring } from '../../local/graph/read-wiring.ts';
import type { ResourceGraph } from '../../local/graph/resource-graph.ts';
import type { Wiring } from '../../local/graph/wiring.ts';
import { machines } from '../../statemachines/catalog.ts';
import { guarded, ofType, permissionPolicy, type ResourcePolicy, trusts } from './iam/policies-of-graph.ts';
import { sessionOf } from './iam/roles.ts';
import { allowed } from './iam/simulator.ts';

const STRANGER = '999999999999';
const OTHER_SERVICE = 'glue.amazonaws.com';

let graph: ResourceGraph;
let wiring: Wiring;
let account: string;

beforeAll(async () => {
  const config = { dataTables: ['cities'], taskFunctions: ['warm-cache'], customerKey: true };
  graph = await evaluateGraph({ environment: 'production', config });
  wiring = readWiring(graph);
  account = wiring.tables[0]?.arn.split(':')[4] ?? '';
});

/** What a pattern of an ARN stands for, here and elsewhere. */
const example = (pattern: string) => pattern.replaceAll('*', 'any');
const ofStranger = (arn: string) => arn.replace(`:${account}:`, `:${STRANGER}:`);
const another = (arn: string) => `${example(arn).replace(/[a-z]+$/, '')}elsewhere`;

/** The sources that a statement holds its service to. */
function sourcesOf({ Condition = {} }: Statement): readonly string[] {
  const values = Object.values(Condition).flatMap((condition) => condition['aws:SourceArn'] ?? []);
  return values.map(example);
}

const asks = (policy: ResourcePolicy, principal: string, action: string, context: { readonly [key: string]: string }) =>
  allowed({ principal, action, resource: policy.arn, account, context, resourcePolicy: policy.document });

/** A request of a service on behalf of a source, whose account the service tells as well. */
const onBehalfOf = (source: string, owner = account) => ({ 'aws:SourceArn': source, 'aws:SourceAccount': owner });

const servicesOf = ({ document }: ResourcePolicy) =>
  document.Statement.flatMap((statement) => {
    const service = statement.Principal?.Service;
    return statement.Effect === 'Allow' && service !== undefined ? [{ service, statement }] : [];
  });

describe('the trust of every role', () => {
  it('lets its service act for us, and for no other account', async () => {
    const all = trusts(graph);
    expect(all.length).toBeGreaterThan(wiring.functions.length + wiring.machines.length - 1);
    for (const trust of all) {
      const [{ service, statement } = { service: '', statement: undefined }, ...more] = servicesOf(trust);
      expect([trust.name, more]).toEqual([trust.name, []]);
      const [source = `arn:aws:lambda:eu-west-1:${account}:function:any`] = statement ? sourcesOf(statement) : [];
      const ask = (principal: string, context: { readonly [key: string]: string }) =>
        asks(trust, principal, 'sts:AssumeRole', context);
      expect([trust.name, await ask(service, onBehalfOf(source))]).toEqual([trust.name, true]);
      expect([trust.name, await ask(service, onBehalfOf(ofStranger(source), STRANGER))]).toEqual([trust.name, false]);
      expect([trust.name, await ask(OTHER_SERVICE, onBehalfOf(source))]).toEqual([trust.name, false]);
      expect([trust.name, await ask(`arn:aws:iam::${STRANGER}:role/any`, {})]).toEqual([trust.name, false]);
    }
  });

  it.each(machines.map(({ name }) => name))('lets Step Functions act for the machine %s alone', async (name) => {
    const trust = trusts(graph).find((one) => one.name === `slipway-sm-${name}-role`);
    const other = wiring.machines.find((one) => one.name !== name);
    if (trust === undefined || other === undefined) throw new Error(`no role of ${name}`);
    expect(await asks(trust, 'states.amazonaws.com', 'sts:AssumeRole', onBehalfOf(other.arn))).toBe(false);
  });

  it.each(machines.map(({ name }) => name))(
    'lets Step Functions act for the children of a distributed Map of %s',
    async (name) => {
      const trust = trusts(graph).find((one) => one.name === `slipway-sm-${name}-role`);
      const { arn } = wiring.machines.find((one) => one.name === name) ?? {};
      const may = (source: string) => trust && asks(trust, 'states.amazonaws.com', 'sts:AssumeRole', onBehalfOf(source));
      expect(await may(`${arn}/Segments`)).toBe(true);
      expect(await may(`${arn}-other/Segments`)).toBe(false);
    },
  );

  it('is taken on by Lambda also where it tells no source', async () => {
    const trust = trusts(graph).find(({ name }) => name === 'slipway-fn-start-run-role');
    expect(trust && (await asks(trust, 'lambda.amazonaws.com', 'sts:AssumeRole', {}))).toBe(true);
  });
});

describe('what may call our functions', () => {
  it('is the route, the rule or the schedule that is meant, and nothing else', async () => {
    const permissions = ofType(graph, 'aws:lambda/permission:Permission');
    expect(permissions.length).toBeGreaterThan(wiring.routes.length);
    for (const permission of permissions) {
      const policy = permissionPolicy(graph, permission);
      const [{ service, statement } = { service: '', statement: undefined }] = servicesOf(policy);
      const source = statement ? (sourcesOf(statement)[0] ?? '') : '';
      const ask = (principal: string, context: { readonly [key: string]: string }) =>
        asks(policy, principal, 'lambda:InvokeFunction', context);
      expect([policy.name, await ask(service, onBehalfOf(source))]).toEqual([policy.name, true]);
      expect([policy.name, await ask(service, onBehalfOf(ofStranger(source), STRANGER))]).toEqual([policy.name, false]);
      expect([policy.name, await ask(service, onBehalfOf(another(source)))]).toEqual([policy.name, false]);
      expect([policy.name, await ask(service, {})]).toEqual([policy.name, false]);
      expect([policy.name, await ask(OTHER_SERVICE, onBehalfOf(source))]).toEqual([policy.name, false]);
    }
  });
});

describe('the queue, the topic and the key', () => {
  it('serve the service that is meant, for our own resources, over TLS', async () => {
    const held = guarded(graph).flatMap((policy) =>
      servicesOf(policy).flatMap((one) => sourcesOf(one.statement).map((source) => ({ policy, ...one, source }))),
    );
    expect(new Set(held.map(({ policy }) => policy.arn.split(':')[2]))).toEqual(new Set(['sqs', 'sns', 'kms']));
    for (const { policy, service, statement, source } of held) {
      const [action = ''] = statement.Action;
      const ask = (principal: string, context: { readonly [key: string]: string }) =>
        asks(policy, principal, action, { 'aws:SecureTransport': 'true', ...context });
      const what = `${policy.name} ${statement.Sid} ${action}`;
      expect([what, await ask(service, onBehalfOf(source))]).toEqual([what, true]);
      expect([what, await ask(service, onBehalfOf(ofStranger(source), STRANGER))]).toEqual([what, false]);
      expect([what, await ask(service, {})]).toEqual([what, false]);
      expect([what, await ask(OTHER_SERVICE, onBehalfOf(source))]).toEqual([what, false]);
      if (policy.document.Statement.every(({ Sid }) => Sid !== 'TlsOnly')) continue;
      expect([what, await ask(service, { ...onBehalfOf(source), 'aws:SecureTransport': 'false' })]).toEqual([what, false]);
    }
  });

  it('let nobody of another account in, not even over TLS', async () => {
    for (const policy of guarded(graph)) {
      const actions = policy.document.Statement.flatMap(({ Effect, Action }) => (Effect === 'Allow' ? Action : []));
      for (const action of actions) {
        const stranger = `arn:aws:iam::${STRANGER}:role/any`;
        const identity = [{ Version: '2012-10-17' as const, Statement: [all(action)] }];
        const asked = { principal: stranger, action, resource: policy.arn, account, resourcePolicy: policy.document, identity };
        expect([policy.name, action, await allowed({ ...asked, context: { 'aws:SecureTransport': 'true' } })]).toEqual([
          policy.name,
          action,
          false,
        ]);
      }
    }
  });
});

const all = (action: string): Statement => ({ Sid: 'All', Effect: 'Allow', Action: [action], Resource: ['*'] });

describe('the bucket', () => {
  it('is reached over TLS only, also by whoever may do everything', async () => {
    const bucket = guarded(graph).find(({ arn }) => arn.split(':')[2] === 's3');
    if (bucket === undefined) throw new Error('no bucket');
    const reader = (secure: boolean, action: string, resource: string) =>
      allowed({
        principal: `arn:aws:iam::${account}:role/admin`,
        action,
        resource,
        account,
        context: { 'aws:SecureTransport': String(secure) },
        identity: [{ Version: '2012-10-17', Statement: [all(action)] }],
        resourcePolicy: bucket.document,
      });
    expect(await reader(true, 's3:GetObject', `${bucket.arn}/plans/a.json`)).toBe(true);
    expect(await reader(false, 's3:GetObject', `${bucket.arn}/plans/a.json`)).toBe(false);
    expect(await reader(false, 's3:ListBucket', bucket.arn)).toBe(false);
  });
});

describe('a function that calls Tasks', () => {
  const task = (name: string) => `arn:aws:lambda:${wiring.tables[0]?.arn.split(':')[3]}:${account}:function:${name}`;

  it.each([
    ['one that is declared in its environment', 'slipway-production-task-warm', true],
    ['one that its stack names', 'warm-cache', true],
    ['one of another environment', 'slipway-staging-task-warm', false],
    ['any other function', 'payroll', false],
    ['a function of Slipway itself', 'slipway-production-seize-run', false],
  ])('may call %s: %s -> %s', async (_, name, expected) => {
    const callers = wiring.functions.filter(({ policies }) =>
      policies.some(({ Statement }) => Statement.some(({ Sid }) => Sid === 'TaskFunctions')),
    );
    expect(callers.length).toBeGreaterThan(5);
    for (const { name: caller, arn, policies } of callers) {
      const principal = sessionOf(arn, caller);
      const answer = await allowed({ principal, action: 'lambda:InvokeFunction', resource: task(name), identity: policies });
      expect([caller, answer]).toEqual([caller, expected]);
    }
  });
});

describe('the role of a machine', () => {
  it.each(machines.map((spec) => [spec.name, spec] as const))(
    'of %s reaches its functions and its nested machines only',
    async (_, spec) => {
      const machine = wiring.machines.find(({ name }) => name === spec.name);
      if (machine === undefined) throw new Error(`no machine ${spec.name}`);
      const principal = sessionOf(machine.arn, `machine-${spec.name}`);
      const may = (action: string, resource: string) => allowed({ principal, action, resource, identity: machine.policies });
      for (const { name, arn } of wiring.functions) {
        const unqualified = arn.split(':').slice(0, 7).join(':');
        const own = spec.functions.includes(name);
        expect([name, await may('lambda:InvokeFunction', `${unqualified}:7`)]).toEqual([name, own]);
        expect([name, await may('lambda:InvokeFunction', unqualified)]).toEqual([name, false]);
      }
      const startable = [...spec.machines, ...(hasDistributedMap(JSON.stringify(machine.definition)) ? [spec.name] : [])];
      for (const { name, arn } of wiring.machines) {
        const execution = `${arn.replace(':stateMachine:', ':execution:')}:one`;
        expect([name, await may('states:StartExecution', arn)]).toEqual([name, startable.includes(name)]);
        expect([name, await may('states:StopExecution', execution)]).toEqual([name, startable.includes(name)]);
      }
    },
  );
});
