import { AlarmBook } from '../adapters/embedded/metrics/alarm-book.ts';
import { FileAlarmShelf } from '../adapters/embedded/metrics/file-alarm-shelf.ts';
import { MetricsBook } from '../adapters/embedded/metrics/metrics-book.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { Wiring } from './graph/wiring.ts';
import type { Storage } from './storage.ts';
import { matches } from './triggers.ts';

/** What stands in for CloudWatch: metrics, and alarms that call the functions which hear of them. */
export interface Watch {
  readonly metrics: MetricsBook;
  readonly alarms: AlarmBook;
  /** Begins to evaluate; answers how to stop. */
  start(): () => Promise<void>;
}

export interface WatchOptions {
  readonly wiring: Wiring;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly onFault: (error: unknown) => void;
}

export async function openWatch(
  { wiring, storage, clock, onFault }: WatchOptions,
  invoke: (name: string, event: unknown) => Promise<unknown>,
): Promise<Watch> {
  const metrics = new MetricsBook({ clock });
  const topic = guardrailTopicOf(wiring);
  const subscribed = wiring.subscriptions.filter((one) => one.topic === topic).map((one) => one.function);
  const alarms = await AlarmBook.open({
    metrics,
    shelf: new FileAlarmShelf(storage.alarmsFile),
    clock,
    onAlarm: (event) => Promise.all(subscribed.map((name) => invoke(name, event))),
    onOwnAlarm: (name, { state, reason }) => {
      const event = {
        source: 'aws.cloudwatch',
        'detail-type': 'CloudWatch Alarm State Change',
        detail: { alarmName: name, state: { value: state, reason } },
      };
      const called = wiring.rules.filter(({ pattern }) => matches(pattern, event));
      return Promise.all(called.map((rule) => invoke(rule.function, event)));
    },
    onFault,
  });
  return {
    metrics,
    alarms,
    start: () => {
      const stop = new AbortController();
      const running = alarms.run(stop.signal);
      return async () => {
        stop.abort();
        await running;
      };
    },
  };
}

/** The topic that the functions which make alarms name as their action. */
const guardrailTopicOf = ({ functions }: Wiring): string | undefined =>
  functions.map(({ environment }) => environment['SLIPWAY_GUARDRAIL_TOPIC']).find((topic) => topic !== undefined);
