import { describe, expect } from 'vitest';
import type { EndpointInput } from '../../shared/api/endpoints.ts';
import type { TimelineEvent } from '../../shared/api/timeline.ts';
import type { PlanInput } from '../../shared/plan/plan.ts';
import { type Bed, type ScenarioPlane, scenarioOn } from './bed.ts';

type Feed = 'get-run-events' | 'get-events';

/** Between two polls, ms. */
const PAUSE = 100;
const PATIENCE = 60_000;

/** A reader that polls, as the client library does where events are not streamed. */
class Reader<Name extends Feed> {
  readonly events: TimelineEvent[] = [];
  readonly #plane: ScenarioPlane;
  readonly #name: Name;
  readonly #input: EndpointInput<Name>;
  #since: string | undefined;
  #etag: string | undefined;

  constructor(plane: ScenarioPlane, name: Name, input: EndpointInput<Name>) {
    this.#plane = plane;
    this.#name = name;
    this.#input = input;
  }

  /** One poll; the ETag is that of the last answer to the same question. */
  async poll(): Promise<number> {
    const input = { ...this.#input, ...(this.#since === undefined ? {} : { since: this.#since }) };
    const { status, etag, body } = await this.#plane.poll(this.#name, input, this.#etag);
    if (!body) return status;
    this.events.push(...body.events);
    this.#etag = body.cursor === this.#since ? etag : undefined;
    this.#since = body.cursor;
    return status;
  }

  async until(wanted: (status: number) => boolean): Promise<void> {
    const end = performance.now() + PATIENCE;
    while (!wanted(await this.poll())) {
      if (performance.now() > end) throw new Error(`Not told in time: ${JSON.stringify(this.events.map(nameOf))}`);
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}

const nameOf = ({ item, rev, runId }: TimelineEvent): string => `${runId} ${item} ${rev}`;
const ended = (runId: string) => (event: TimelineEvent) =>
  event.runId === runId && event.type === 'statusChanged' && event.data['to'] === 'succeeded';

/** Events as they are polled for with a cursor and an ETag, on any control plane. */
export function eventScenarios(bed: Bed): void {
  const scenario = scenarioOn(bed);
  const plan = (name: string, items: readonly string[]): PlanInput => ({
    ...{ slipway: 1, name, target: bed.target(name) },
    phases: [
      {
        name: 'only',
        components: ['one', 'two'].map((task) => ({
          name: task,
          kind: 'task' as const,
          run: bed.code('step'),
          items: [...items],
        })),
      },
    ],
  });

  describe('polls for events', () => {
    scenario(
      'tell what happens to a run while it happens, each event once, and then that nothing is new',
      async () => {
        const plane = await bed.start();
        const runId = await plane.startRun(plan('told', ['a', 'b', 'c']));
        const reader = new Reader(plane, 'get-run-events', { runId, limit: 4 });
        await reader.until(() => reader.events.some(ended(runId)));
        await plane.ended(runId);
        await reader.until((status) => status === 304);
        const told = reader.events.map(nameOf);
        const { events } = await plane.call('get-timeline', { runId, limit: 1000 });
        expect(told.toSorted()).toEqual(events.map(nameOf).toSorted());
        for (const of of reader.events) {
          const revs = reader.events.filter(({ item }) => item === of.item).map(({ rev }) => rev);
          expect(revs).toEqual(revs.map((_, at) => at + 1));
        }
        expect(await plane.refused('get-run-events', { runId, since: 'none-of-this' })).toMatchObject({
          ...{ status: 422, code: 'CURSOR_UNKNOWN' },
        });
      },
      PATIENCE,
    );

    scenario(
      'tell what happens everywhere from now on, but for the steps of the work, each event once',
      async () => {
        const plane = await bed.start();
        const before = await plane.startRun(plan('before', ['a']));
        await plane.ended(before);
        const reader = new Reader(plane, 'get-events', { limit: 50 });
        await reader.poll();
        expect(reader.events).toEqual([]);
        const runs = [await plane.startRun(plan('told', ['b'])), await plane.startRun(plan('too', ['c']))];
        await reader.until(() => runs.every((runId) => reader.events.some(ended(runId))));
        await reader.until((status) => status === 304);
        const told = reader.events.map(nameOf);
        expect(told.length).toBe(new Set(told).size);
        for (const runId of runs) {
          const types = reader.events.filter((event) => event.runId === runId).map(({ type }) => type);
          expect(types).toEqual(expect.arrayContaining(['runCreated', 'componentCompleted', 'statusChanged']));
          expect(types).not.toContain('checkpointCreated');
        }
        expect(reader.events.filter(ended(before))).toEqual([]);
        expect(await plane.refused('get-events', { since: '!' })).toMatchObject({ status: 422, code: 'CURSOR_UNKNOWN' });
      },
      PATIENCE,
    );
  });
}
