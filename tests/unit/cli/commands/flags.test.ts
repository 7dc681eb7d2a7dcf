import { describe, expect, it } from 'vitest';
import { fromSimple, simpleFlag } from '../../../../shared/flags/simple-flag.ts';
import { FakeShell, problem, type Received } from '../fake-shell.ts';

const KEY = 'new-search';
const stored = (form: object | undefined, rev = 3) => {
  const simple = simpleFlag.parse(form ?? {});
  const flag = fromSimple(simple);
  return { body: { environment: 'local', key: KEY, flag, ...(form ? { simple } : {}), rev } };
};
const absent = () => problem(404, 'FLAG_NOT_FOUND', `There is no flag ${KEY} in local.`);
/** A control plane with this flag; what is put is answered as it is stored. */
const plane = (form: object | undefined | null) => (request: Received) =>
  request.method === 'PUT' ? stored({}, 4) : form === null ? absent() : stored(form);
const put = ({ received }: FakeShell) => received.find(({ method }) => method === 'PUT')?.body;

describe('slipway flags set', () => {
  it('makes a flag from what is named, where there is none', async () => {
    const shell = new FakeShell({ answer: plane(null) });
    const words = ['--percent', '25', '--groups', 'beta, staff', '--environments', 'production', '--fallback', 'off'];
    expect(await shell.run('flags', 'set', KEY, ...words, '--conditions', 'country=DE', '--reason', 'begin')).toBe(0);
    expect(shell.received.at(-1)?.path).toBe(`/v1/flags/${KEY}`);
    expect(put(shell)).toEqual({
      reason: 'begin',
      ifRev: 0,
      simple: simpleFlag.parse({
        rolloutPercentage: 25,
        userGroups: ['beta', 'staff'],
        environments: ['production'],
        conditions: [{ attribute: 'country', operator: 'equals', value: 'DE' }],
      }),
    });
  });

  it('changes of a flag what is named and leaves the rest, at the revision that it saw', async () => {
    const before = { rolloutPercentage: 10, userGroups: ['beta'], customers: ['acme'] };
    const shell = new FakeShell({ answer: plane(before) });
    expect(await shell.run('flags', 'set', KEY, '--percent', '50%', '--customers', '', '--disabled')).toBe(0);
    const simple = simpleFlag.parse({ ...before, rolloutPercentage: 50, customers: [], enabled: false });
    expect(put(shell)).toEqual({ ifRev: 3, simple });
  });

  it('refuses to lose what the form cannot say, and names --file', async () => {
    const shell = new FakeShell({ answer: plane(undefined) });
    expect(await shell.run('flags', 'set', KEY, '--percent', '50')).toBe(2);
    expect(shell.stderr).toContain('says more than the form can');
    expect(shell.stderr).toContain(`slipway flags set ${KEY} --file FLAG.json`);
    expect(put(shell)).toBeUndefined();
  });

  it.each([
    ['alone', (flag: object) => flag],
    ['as flags get --json prints it', (flag: object) => ({ environment: 'local', key: KEY, flag, rev: 3 })],
    ['in a document of flags', (flag: object) => ({ flags: { other: {}, [KEY]: flag } })],
  ])('puts a whole definition from a file, %s', async (_, wrap) => {
    const flag = { state: 'ENABLED', variants: { red: 'r', blue: 'b' }, defaultVariant: 'red' };
    const shell = new FakeShell({ answer: plane(undefined) });
    shell.write('flag.json', JSON.stringify(wrap(flag)));
    expect(await shell.run('flags', 'set', KEY, '--file', 'flag.json', '--if-rev', '7')).toBe(0);
    expect(put(shell)).toEqual({ ifRev: 7, flag });
  });

  it.each([
    [[], 'Nothing is said of the flag'],
    [['--percent', '101'], 'a percentage from 0 to 100'],
    [['--percent', '0.0001'], 'at most three decimals'],
    [['--enabled', '--disabled'], 'cannot be used with'],
    [['--fallback', 'maybe'], 'Allowed choices are on, off'],
    [['--conditions', 'country'], 'such as country=DE'],
    [['--environment', 'No Such'], 'a-z, 0-9 and -'],
    [['--file', 'absent.json'], 'there is no such file'],
    [['--file', 'text.json'], 'is no JSON'],
    [['--file', 'other.json'], `holds no flag ${KEY}`],
    [['--file', 'other.json', '--percent', '5'], '--file is the whole flag'],
  ])('refuses %j and writes nothing', async (words, told) => {
    const shell = new FakeShell({ answer: plane({}) });
    shell.write('text.json', 'on: true');
    shell.write('other.json', '{ "flags": { "other": {} } }');
    expect(await shell.run('flags', 'set', KEY, ...words)).toBe(2);
    expect(shell.stderr).toContain(told);
    expect(put(shell)).toBeUndefined();
  });

  it.each([
    [412, 'FLAG_REVISION', 1],
    [409, 'FLAG_OWNED', 1],
    [422, 'FLAG_INVALID', 2],
  ])('ends with the code of the refusal: %i %s with %i', async (status, code, exit) => {
    const refused = (request: Received) => (request.method === 'PUT' ? problem(status, code, 'Not so.') : stored({}));
    expect(await new FakeShell({ answer: refused }).run('flags', 'set', KEY, '--percent', '1')).toBe(exit);
  });
});

describe('slipway flags', () => {
  it('lists them, each in a few words', async () => {
    const flags = { [KEY]: fromSimple(simpleFlag.parse({ rolloutPercentage: 5 })) };
    const shell = new FakeShell({ answer: () => ({ body: { environment: 'local', flags: { flags }, rev: 1 } }) });
    expect(await shell.run('flags', 'list', '--environment', 'staging')).toBe(0);
    expect(shell.received[0]?.path).toBe('/v1/flags?environment=staging');
    expect(shell.stdout).toContain(`${KEY}  enabled  on for 5 %\n`);
  });

  it('says how to make the first one', async () => {
    const shell = new FakeShell({ answer: () => ({ body: { environment: 'local', flags: { flags: {} }, rev: 0 } }) });
    expect(await shell.run('flags', 'list')).toBe(0);
    expect(shell.stdout).toContain('slipway flags set KEY --percent 0');
  });

  it.each([['get'], ['history'], ['set']])('%s knows that there can be no such flag', async (verb) => {
    const shell = new FakeShell({ answer: plane({}) });
    expect(await shell.run('flags', verb, '../x', ...(verb === 'set' ? ['--percent', '1'] : []))).toBe(6);
    expect(shell.received).toEqual([]);
  });

  it('get ends with 6 where there is none', async () => {
    expect(await new FakeShell({ answer: absent }).run('flags', 'get', KEY)).toBe(6);
  });
});
