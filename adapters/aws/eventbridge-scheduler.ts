import {
  ConflictException,
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ResourceNotFoundException,
  type SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { SchedulerError } from '../../shared/errors/schedule-errors.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Scheduler, Timer } from '../../shared/ports/scheduler.ts';
import { nextTimes } from '../../shared/schedules/occurrences.ts';
import { timingOf } from '../../shared/schedules/schedule-state.ts';

export interface EventBridgeSchedulerOptions {
  readonly client: SchedulerClient;
  readonly clock: Clock;
  readonly group: string;
  /** ARN of the function that is called. */
  readonly target: string;
  /** ARN of the role in whose name Scheduler calls it. */
  readonly role: string;
  /** ARN of the queue for what could not be delivered. */
  readonly deadLetters: string;
}

/** What is not delivered by then goes to the dead letters; the next delivery, or a person, catches up. */
const RETRY = { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 10 };
const TRIES = 3;

/** Timers of EventBridge Scheduler, one schedule each, in a group of the control plane's. */
export class EventBridgeScheduler implements Scheduler {
  readonly #options: EventBridgeSchedulerOptions;

  constructor(options: EventBridgeSchedulerOptions) {
    this.#options = options;
  }

  /** Whether it is there is asked by changing it: most timers that are put were there before, or are new once. */
  async put(timer: Timer): Promise<void> {
    const { client } = this.#options;
    const input = this.#inputOf(timer);
    for (let tries = 1; ; tries += 1) {
      try {
        return void (await client.send(new UpdateScheduleCommand(input)));
      } catch (error) {
        if (!(error instanceof ResourceNotFoundException)) throw failure(`Changing the timer of ${timer.name}`, error);
      }
      try {
        return void (await client.send(new CreateScheduleCommand(input)));
      } catch (error) {
        // Somebody made it meanwhile: then it is changed.
        if (!(error instanceof ConflictException) || tries >= TRIES) throw failure(`Making the timer of ${timer.name}`, error);
      }
    }
  }

  async has(environment: string, name: string): Promise<boolean> {
    const { client, group } = this.#options;
    try {
      await client.send(new GetScheduleCommand({ Name: timerName(environment, name), GroupName: group }));
      return true;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return false;
      throw failure(`Looking for the timer of ${name}`, error);
    }
  }

  async remove(environment: string, name: string): Promise<void> {
    const { client, group } = this.#options;
    try {
      await client.send(new DeleteScheduleCommand({ Name: timerName(environment, name), GroupName: group }));
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw failure(`Removing the timer of ${name}`, error);
    }
  }

  #inputOf(timer: Timer): CreateScheduleCommandInput {
    const { group, target, role, deadLetters } = this.#options;
    const { environment, name, expression, zone, windowMinutes, end } = timer;
    const start = this.#startOf(timer);
    return {
      Name: timerName(environment, name),
      GroupName: group,
      ScheduleExpression: expression,
      ScheduleExpressionTimezone: zone,
      ...(start === undefined ? {} : { StartDate: new Date(start) }),
      ...(end === undefined ? {} : { EndDate: new Date(end) }),
      FlexibleTimeWindow: windowMinutes === 0 ? { Mode: 'OFF' } : { Mode: 'FLEXIBLE', MaximumWindowInMinutes: windowMinutes },
      State: 'ENABLED',
      ActionAfterCompletion: 'DELETE',
      Target: {
        Arn: target,
        RoleArn: role,
        Input: JSON.stringify({ environment, name, at: '<aws.scheduler.scheduled-time>' }),
        DeadLetterConfig: { Arn: deadLetters },
        RetryPolicy: RETRY,
      },
    };
  }

  /** A start that is past is refused; a rate goes on in step with its first time. One that is due now starts without. */
  #startOf(timer: Timer): number | undefined {
    const now = this.#options.clock.now();
    const timing = timingOf(timer);
    const start = timing.expression.kind === 'rate' ? nextTimes(timing, Math.max(now, timer.anchor - 1), 1)[0] : timer.start;
    const first = timing.expression.kind === 'rate' && now >= timer.anchor && now < timer.anchor + 60_000;
    return first || start === undefined || start <= now ? undefined : start;
  }
}

const timerName = (environment: string, name: string): string => `${environment}.${name}`;

const failure = (what: string, cause: unknown): SchedulerError =>
  new SchedulerError(`${what} failed: ${cause instanceof Error ? cause.message : String(cause)}`, {
    next: 'Try again; if it goes on, look at the role of the function and at the quotas of EventBridge Scheduler.',
    cause,
  });
