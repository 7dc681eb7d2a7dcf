import { Agent, get, type IncomingMessage } from 'node:http';
import { oldCities } from '../load.ts';
import type { FromTraffic, SideFigures, ToTraffic, TrafficFigures } from './messages.ts';
import { queriesFrom } from './queries.ts';

const USERS = 10_000;
const TICK_MS = 10;
const REPORT_MS = 250;
/** With more under way than this the service cannot follow: what is due then is not sent, so that those who wait are answered in time. */
const MOST_UNDER_WAY = 500;
const TIMEOUT_MS = 30_000;

/** Users of the service: each search is sent when it is due, whether or not the ones before it were answered. */
class Traffic {
  readonly #sides = { old: { requests: 0, failed: 0 }, new: { requests: 0, failed: 0 } };
  readonly #agent = new Agent({ keepAlive: true, maxSockets: MOST_UNDER_WAY });
  readonly #url: string;
  readonly #nextQuery: () => string;
  #unanswered = 0;
  #lastOnNew: number | null = null;
  #underWay = 0;

  constructor(url: string, nextQuery: () => string) {
    this.#url = url;
    this.#nextQuery = nextQuery;
  }

  run(rate: number): void {
    const began = performance.now();
    let sent = 0;
    setInterval(() => {
      const due = Math.floor(((performance.now() - began) * rate) / 1000);
      for (; sent < due; sent += 1) if (this.#underWay < MOST_UNDER_WAY) this.#search();
    }, TICK_MS);
  }

  get figures(): TrafficFigures {
    const of = (side: SideFigures): SideFigures => ({ ...side });
    return { old: of(this.#sides.old), new: of(this.#sides.new), unanswered: this.#unanswered, lastOnNew: this.#lastOnNew };
  }

  #search(): void {
    const sentAt = Date.now();
    this.#underWay += 1;
    const user = `user-${Math.floor(Math.random() * USERS)}`;
    const options = { agent: this.#agent, headers: { 'x-user': user }, timeout: TIMEOUT_MS };
    const request = get(`${this.#url}/search?q=${encodeURIComponent(this.#nextQuery())}`, options, (response) => {
      response.resume();
      this.#count(response, sentAt);
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => {
      this.#unanswered += 1;
    });
    request.once('close', () => {
      this.#underWay -= 1;
    });
  }

  #count({ statusCode = 0, headers }: IncomingMessage, sentAt: number): void {
    const isNew = headers['x-search-path'] === 'new';
    const side = isNew ? this.#sides.new : this.#sides.old;
    side.requests += 1;
    side.failed += statusCode === 200 ? 0 : 1;
    if (isNew) this.#lastOnNew = Math.max(this.#lastOnNew ?? 0, sentAt);
  }
}

process.on('message', ({ start: { url, rate, cities } }: ToTraffic) => {
  const traffic = new Traffic(url, queriesFrom(oldCities(cities), Math.random));
  traffic.run(rate);
  setInterval(() => process.send?.({ traffic: traffic.figures } satisfies FromTraffic), REPORT_MS);
});
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit());
