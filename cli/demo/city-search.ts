import type {
  Fault,
  FromService,
  FromTraffic,
  ServiceFigures,
  ServiceStart,
  ToService,
  ToTraffic,
  TrafficFigures,
} from '../../examples/cities/search/messages.ts';
import { SampleProcess } from './sample-process.ts';

export interface CitySearchOptions {
  readonly start: ServiceStart;
  /** Searches a second. */
  readonly rate: number;
}

const NO_SIDE = { requests: 0, failed: 0 };

/** The sample service and its users, each a process of its own. */
export class CitySearch {
  traffic: TrafficFigures = { old: NO_SIDE, new: NO_SIDE, unanswered: 0, lastOnNew: null };
  service: ServiceFigures = { p95: { old: null, new: null }, compared: 0, mismatches: 0 };
  /** When the new path was broken on purpose, epoch ms. */
  brokenAt: number | undefined;
  readonly ready: Promise<{ readonly cities: number; readonly places: number }>;
  /** Rejects where one of both ended without being told to. */
  readonly failed: Promise<never>;
  readonly #service: SampleProcess<ToService, FromService>;
  readonly #users: SampleProcess<ToTraffic, FromTraffic>;

  constructor({ start, rate }: CitySearchOptions) {
    const ready = Promise.withResolvers<{ cities: number; places: number }>();
    this.ready = ready.promise;
    this.#users = new SampleProcess('traffic.ts', ({ traffic }) => {
      this.traffic = traffic;
    });
    this.#service = new SampleProcess('service.ts', (message) => {
      if ('figures' in message) this.service = message.figures;
      else if ('broken' in message) this.brokenAt = message.broken;
      else {
        const { url, ...records } = message.ready;
        this.#users.send({ start: { url, rate, cities: records.cities } });
        ready.resolve(records);
      }
    });
    this.#service.send({ start });
    this.failed = Promise.race([this.#service.failed, this.#users.failed]);
    this.failed.catch(() => undefined);
  }

  /** Breaks the new path, for good. */
  breakWith(fault: Fault): void {
    this.#service.send({ fault });
  }

  async close(): Promise<void> {
    await Promise.all([this.#users.close(), this.#service.close()]);
  }
}
