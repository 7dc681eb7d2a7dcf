import { describe, expect, it } from 'vitest';
import { eventId } from '../../shared/api/event-stream.ts';
import { eventPage } from '../../shared/api/timeline.ts';
import type { PlanInput } from '../../shared/plan/plan.ts';
import { StreamReader } from './event-stream.ts';
import { Plane } from './plane.ts';

const plan = (items: number): PlanInput => ({
  slipway: 1,
  name: 'streamed',
  target: 'local/streamed',
  phases: [
    {
      name: 'only',
      components: [
        {
          name: 'one',
          kind: 'task',
          run: './tasks.ts#step',
          timeout: '2s',
          items: Array.from({ length: items }, (_, at) => `i${at}`),
        },
      ],
    },
  ],
});

const open = (plane: Plane, path: string, headers: Record<string, string> = {}) =>
  StreamReader.open(`${plane.url}${path}`, { authorization: `Bearer ${plane.token}`, accept: 'text/event-stream', ...headers });

const timelineIds = async (plane: Plane, runId: string): Promise<string[]> => {
  const { events } = await plane.call('get-timeline', { runId, limit: 1000 });
  return events.map(eventId).sort();
};

describe('the event stream of a run', () => {
  it('tells every event once, and ends when the run rests', async () => {
    const plane = await Plane.start();
    const runId = await plane.startRun(plan(20));
    const stream = await (await open(plane, `/v1/runs/${runId}/events`)).toEnd();
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream');
    expect(stream.named('end')).toEqual({ runId, status: 'succeeded' });
    expect(stream.messages.at(-1)?.name).toBe('end');
    expect(stream.ids.toSorted()).toEqual(await timelineIds(plane, runId));
    expect(stream.events.at(0)?.type).toBe('runCreated');
    expect(stream.events.map(({ type }) => type)).toContain('checkpointCreated');
    expect(await plane.call('get-run', { runId })).toMatchObject({ resting: true, locks: [] });
  });

  it('goes on after the last id without a gap and without a repeat, however often it is broken off', async () => {
    const plane = await Plane.start();
    const runId = await plane.startRun(plan(40));
    const ids: string[] = [];
    for (let ended = false; !ended; ) {
      const last = ids.at(-1);
      const stream = await open(plane, `/v1/runs/${runId}/events`, last === undefined ? {} : { 'last-event-id': last });
      ended = !(await stream.until(({ messages }) => messages.length >= 7 && messages.at(-1)?.name !== 'end'));
      // What has arrived beyond the seventh is lost with the connection.
      ids.push(...stream.ids.slice(0, ended ? undefined : 7));
      await stream.leave();
    }
    expect(ids.toSorted()).toEqual(await timelineIds(plane, runId));
    expect(ids.length).toBeGreaterThan(40);
  });

  it('leaves nothing out after a restart of the control plane', async () => {
    const plane = await Plane.start();
    const runId = await plane.startRun(plan(5));
    const stream = await open(plane, `/v1/runs/${runId}/events`);
    await stream.until(({ ids }) => ids.length >= 4);
    const before = stream.ids.slice(0, 4);
    await plane.restart();
    await plane.ended(runId);
    const after = await (await open(plane, `/v1/runs/${runId}/events`, { 'last-event-id': before.at(-1) ?? '' })).toEnd();
    expect([...new Set([...before, ...after.ids])].sort()).toEqual(await timelineIds(plane, runId));
    expect(after.ids).not.toContain(before.at(-1));
    expect(after.named('end')).toEqual({ runId, status: 'succeeded' });
  });

  it('tells of a run at rest what there is, and ends', async () => {
    const plane = await Plane.start();
    const runId = await plane.startRun(plan(1));
    await plane.ended(runId);
    const stream = await (await open(plane, `/v1/runs/${runId}/events`)).toEnd();
    expect(stream.ids.toSorted()).toEqual(await timelineIds(plane, runId));
    const nothing = await (await open(plane, `/v1/runs/${runId}/events`, { 'last-event-id': stream.ids.at(-1) ?? '' })).toEnd();
    expect(nothing.messages.map(({ name }) => name)).toEqual(['end']);
  });

  it('is refused as every route is', async () => {
    const plane = await Plane.start();
    const runId = await plane.startRun(plan(1));
    const unknown = runId.replace(/^./, '7');
    const path = `/v1/runs/${runId}/events`;
    const refusals = [
      await fetch(`${plane.url}${path}`),
      await fetch(`${plane.url}/v1/events`, { headers: { authorization: 'Bearer no' } }),
      (await open(plane, `/v1/runs/${unknown}/events`)).response,
      (await open(plane, '/v1/runs/no-run/events')).response,
      (await open(plane, path, { 'last-event-id': `${unknown}/RUN#1` })).response,
    ];
    expect(refusals.map(({ status }) => status)).toEqual([401, 401, 404, 422, 400]);
    const posted = await fetch(`${plane.url}${path}`, { method: 'POST', headers: { authorization: `Bearer ${plane.token}` } });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET']);
  });
});

describe('the event stream of all runs', () => {
  it('tells what happens from now on, and goes on after the last id', async () => {
    const plane = await Plane.start();
    const first = await plane.startRun(plan(1));
    await plane.ended(first);
    const stream = await open(plane, '/v1/events');
    const runs = [await plane.startRun(plan(3)), await plane.startRun({ ...plan(2), target: 'local/other' })];
    const done = (reader: StreamReader) => reader.events.filter(({ data }) => data['to'] === 'succeeded').length === 2;
    await stream.until(done);
    expect(new Set(stream.events.map(({ runId }) => runId))).toEqual(new Set(runs));
    expect(new Set(stream.ids).size).toBe(stream.ids.length);
    await stream.leave();

    const again = await open(plane, '/v1/events', { 'last-event-id': stream.ids[3] ?? '' });
    await again.until(done);
    expect(again.ids.slice(0, stream.ids.length - 4)).toEqual(stream.ids.slice(4));
    await again.leave();

    const lost = await open(plane, '/v1/events', { 'last-event-id': 'long/ago#1' });
    await lost.until(({ messages }) => messages.length > 0);
    expect(lost.named('gap')).toMatchObject({ after: 'long/ago#1' });
    await lost.leave();
  });
});

/** Every event that polls tell, until `enough`. */
async function polled(plane: Plane, path: string, since: string, enough: (ids: readonly string[]) => boolean) {
  const headers = { authorization: `Bearer ${plane.token}` };
  const answers: number[] = [];
  const ids: string[] = [];
  let [cursor, tag] = [since, ''];
  for (let more = true; more || !enough(ids); ) {
    const response = await fetch(`${plane.url}${path}?since=${cursor}&limit=7`, {
      headers: { ...headers, 'if-none-match': tag },
    });
    answers.push(response.status);
    more = false;
    if (response.status === 304) continue;
    tag = response.headers.get('etag') ?? '';
    const page = eventPage.parse(await response.json());
    ids.push(...page.events.map(eventId));
    ({ cursor, more } = page);
  }
  return { ids, answers, cursor };
}

describe('polls since a cursor', () => {
  it('tell of a run what its stream tells, each event once, and nothing where nothing is new', async () => {
    const plane = await Plane.start();
    const runId = await plane.startRun(plan(20));
    const path = `/v1/runs/${runId}/events`;
    const streamed = open(plane, path).then((stream) => stream.toEnd());
    const ended = plane.ended(runId);
    const during = await polled(plane, path, '', (ids) => ids.length > 10);
    await ended;
    const all = await timelineIds(plane, runId);
    const after = await polled(plane, path, during.cursor, (ids) => ids.length + during.ids.length >= all.length);
    expect([...during.ids, ...after.ids].toSorted()).toEqual(all);
    expect((await streamed).ids.toSorted()).toEqual(all);
    const idle = await polled(plane, path, after.cursor, () => true);
    expect(idle).toMatchObject({ ids: [], cursor: after.cursor, answers: [200] });
  });

  it('tell what happens in all runs from now on, but for the steps of the work', async () => {
    const plane = await Plane.start();
    const stream = await open(plane, '/v1/events');
    const { cursor } = await polled(plane, '/v1/events', '', () => true);
    const runs = [await plane.startRun(plan(3)), await plane.startRun({ ...plan(2), target: 'local/other' })];
    for (const runId of runs) await plane.ended(runId);
    await stream.until(({ events }) => events.filter(({ data }) => data['to'] === 'succeeded').length === 2);
    const wanted = stream.events.filter(({ type }) => !['stepStarted', 'checkpointCreated'].includes(type)).map(eventId);
    const { ids } = await polled(plane, '/v1/events', cursor, (told) => told.length >= wanted.length);
    expect(ids.toSorted()).toEqual(wanted.toSorted());
    await stream.leave();
  });

  it('refuse what is no cursor', async () => {
    const plane = await Plane.start();
    const headers = { authorization: `Bearer ${plane.token}` };
    const statuses = await Promise.all(
      ['/v1/events?since=*', '/v1/events?limit=0', `/v1/events?since=${'a'.repeat(5000)}`].map(
        async (path) => (await fetch(`${plane.url}${path}`, { headers })).status,
      ),
    );
    expect(statuses).toEqual([422, 422, 422]);
  });
});
