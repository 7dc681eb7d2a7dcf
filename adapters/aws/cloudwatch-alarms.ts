import {
  type CloudWatchClient,
  type CompositeAlarm,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  type MetricAlarm,
  PutMetricAlarmCommand,
} from '@aws-sdk/client-cloudwatch';
import type { AlarmReading } from '../../shared/guardrails/evaluate-alarm.ts';
import type { Alarm, Alarms } from '../../shared/ports/alarms.ts';
import { alarmReading } from './alarm-reading.ts';
import { alarmRequest } from './alarm-request.ts';
import { type RepeatDeps, repeatThrottled } from './repeat-throttled.ts';

export interface CloudWatchAlarmsOptions extends RepeatDeps {
  readonly client: CloudWatchClient;
  /** ARN of the SNS topic that hears of alarms that act. */
  readonly topic: string;
}

/** CloudWatch's limit on the names of one request. */
const NAMES = 100;
/** Between a look at what is there and its removal, another may have removed some. */
const REMOVALS = 3;

/** Alarms in CloudWatch. Failures are those of the store; every request can be repeated. */
export class CloudWatchAlarms implements Alarms {
  readonly #client: CloudWatchClient;
  readonly #topic: string;
  readonly #deps: RepeatDeps;

  constructor({ client, topic, clock, ids }: CloudWatchAlarmsOptions) {
    this.#client = client;
    this.#topic = topic;
    this.#deps = { clock, ids };
  }

  /** What is there already keeps its state and its tags. */
  async put(alarm: Alarm): Promise<void> {
    const command = new PutMetricAlarmCommand(alarmRequest(alarm, this.#topic));
    await repeatThrottled(this.#deps, `Putting the alarm ${alarm.name}`, () => this.#client.send(command));
  }

  async read(names: readonly string[]): Promise<readonly (AlarmReading | undefined)[]> {
    const found = new Map<string | undefined, AlarmReading>();
    for (const alarm of await this.#describe([...new Set(names)])) found.set(alarm.AlarmName, alarmReading(alarm));
    return names.map((name) => found.get(name));
  }

  async remove(names: readonly string[]): Promise<void> {
    for (const chunk of chunks([...new Set(names)])) await this.#remove(chunk);
  }

  /** Where one is gone CloudWatch may refuse all. */
  async #remove(names: readonly string[]): Promise<void> {
    let left = names;
    for (let attempt = 1; left.length > 0; attempt++) {
      const command = new DeleteAlarmsCommand({ AlarmNames: [...left] });
      try {
        await repeatThrottled(this.#deps, `Removing ${left.length} alarms`, () => this.#client.send(command));
        return;
      } catch (error) {
        if (!saysGone(error) || attempt === REMOVALS) throw error;
        left = (await this.#describe(left)).map(({ AlarmName = '' }) => AlarmName);
      }
    }
  }

  async #describe(names: readonly string[]): Promise<readonly (MetricAlarm | CompositeAlarm)[]> {
    const found: (MetricAlarm | CompositeAlarm)[] = [];
    for (const chunk of chunks(names)) {
      let token: string | undefined;
      do {
        const command = new DescribeAlarmsCommand({
          AlarmNames: chunk,
          // Left out, composite ones would be, too.
          AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
          MaxRecords: NAMES,
          ...(token === undefined ? {} : { NextToken: token }),
        });
        const answer = await repeatThrottled(this.#deps, `Reading ${chunk.length} alarms`, () => this.#client.send(command));
        found.push(...(answer.MetricAlarms ?? []), ...(answer.CompositeAlarms ?? []));
        token = answer.NextToken;
      } while (token !== undefined);
    }
    return found;
  }
}

const saysGone = (error: unknown): boolean =>
  error instanceof Error && error.cause instanceof Error && error.cause.name.startsWith('ResourceNotFound');

const chunks = (names: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(names.length / NAMES) }, (_, at) => names.slice(at * NAMES, (at + 1) * NAMES));
