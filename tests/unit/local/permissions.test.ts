import { describe, expect, it } from 'vitest';
import type { WiredFunction, Wiring } from '../../../local/graph/wiring.ts';
import { Permissions } from '../../../local/permissions.ts';

const place = 'us-east-1:000000000000';
const allow = (actions: string[], resources: string[]): WiredFunction['policies'][number] => ({
  Version: '2012-10-17',
  Statement: [{ Sid: 'Own', Effect: 'Allow', Action: actions, Resource: resources }],
});
const wired = (...policies: WiredFunction['policies']): WiredFunction => ({
  name: 'list-runs',
  arn: `arn:aws:lambda:${place}:function:list-runs:1`,
  environment: {},
  timeoutSeconds: 1,
  memoryMb: 128,
  reservedConcurrency: undefined,
  policies,
});
const table = `arn:aws:dynamodb:${place}:table/control`;
const wiring = (one: WiredFunction) =>
  ({
    tables: [{ name: 'control', arn: table }],
    bucket: 'kept',
    bus: 'news',
    functions: [one],
    machines: [{ name: 'run', arn: `arn:aws:states:${place}:stateMachine:run` }],
  }) as unknown as Wiring;

const request = (command: string, input: object) => ({ client: 'DynamoDBClient', command: `${command}Command`, input });
const sent = async () => 'sent';

describe('Permissions', () => {
  const reader = wired(
    allow(['dynamodb:Query'], [`${table}/index/*`]),
    allow(['dynamodb:Scan'], [`arn:aws:dynamodb:${place}:table/data-of-plans-*`]),
  );
  const permissions = new Permissions(wiring(reader));
  const ask = (command: string, input: object) =>
    permissions.as(reader, async () => permissions.around(request(command, input), sent));

  it('lets a function do what its role allows', async () => {
    await expect(ask('Query', { TableName: 'control', IndexName: 'listing' })).resolves.toBe('sent');
    await expect(ask('Scan', { TableName: 'any-table-of-a-plan' })).resolves.toBe('sent');
  });

  it.each([
    ['another action', 'GetItem', { TableName: 'control' }],
    ['the table itself instead of its index', 'Query', { TableName: 'control' }],
    ['a batch of another table', 'BatchGetItem', { RequestItems: { control: {} } }],
    ['a write to data', 'BatchWriteItem', { RequestItems: { places: [] } }],
  ])('refuses %s and names the catalog entry', async (_, command, input) => {
    await expect(ask(command, input)).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
      next: 'Add it to the entry of list-runs in functions/catalog.',
    });
  });

  it('holds what is no request of the SDK to the same role', async () => {
    const workflow = permissions.workflow({ start: sent } as never);
    const artefacts = permissions.artefacts({ get: sent } as never);
    const events = permissions.events({ publish: sent } as never);
    const code = permissions.code({ transform: sent } as never);
    const calls: (() => Promise<unknown>)[] = [
      () => workflow.start('run', 'a', {}),
      () => artefacts.get('plans/a.json'),
      () => events.publish([]),
      () => code.transform('/', './a.ts#a', 0),
    ];
    for (const call of calls) await expect(permissions.as(reader, call)).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
  });

  it('holds what stands in for a service to nothing, in the middle of a function', async () => {
    const counted = async () => permissions.around(request('Scan', { TableName: 'control' }), sent);
    await expect(permissions.as(reader, counted)).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
    expect(await permissions.as(reader, () => permissions.outside(counted))).toBe('sent');
  });

  it('asks for leave to list where an object is missing, as S3 does', async () => {
    const one = wired(allow(['s3:GetObject'], ['arn:aws:s3:::kept/*']));
    const kept = new Permissions(wiring(one));
    const artefacts = kept.artefacts({ get: async (key: string) => (key === 'there' ? new Uint8Array() : undefined) } as never);
    await expect(kept.as(one, () => artefacts.get('there'))).resolves.toBeDefined();
    await expect(kept.as(one, () => artefacts.get('gone'))).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
  });

  it('tells of each request of a function, refused ones too, and of none of its own', async () => {
    const told: object[] = [];
    const watched = new Permissions(wiring(reader), (request) => void told.push(request));
    await watched.around(request('Scan', { TableName: 'places' }), sent);
    await watched.as(reader, async () => watched.around(request('Query', { TableName: 'control', IndexName: 'open' }), sent));
    await expect(watched.as(reader, () => watched.events({ publish: sent } as never).publish([]))).rejects.toThrow();
    expect(told).toEqual([
      { function: 'list-runs', action: 'dynamodb:Query', resource: `${table}/index/open` },
      { function: 'list-runs', action: 'events:PutEvents', resource: `arn:aws:events:${place}:event-bus/news` },
    ]);
  });

  it('holds the control plane itself to nothing', async () => {
    expect(await permissions.around(request('CreateTable', { TableName: 'control' }), sent)).toBe('sent');
  });
});
