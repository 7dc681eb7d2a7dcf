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
      next: 'Add it to the entry of list-runs in functions/catalog.ts.',
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

  it('holds the control plane itself to nothing', async () => {
    expect(await permissions.around(request('CreateTable', { TableName: 'control' }), sent)).toBe('sent');
  });
});
