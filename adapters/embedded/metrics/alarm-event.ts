import type { AlarmReading, AlarmState } from '../../../shared/guardrails/evaluate-alarm.ts';
import type { Alarm } from '../../../shared/ports/alarms.ts';
import { describeAlarmOwner } from '../../../shared/rollout/alarm-owner.ts';

/** What a function subscribed to the topic of an alarm is called with: the fields of SNS's event that the embedded plane knows. */
export interface AlarmEvent {
  readonly Records: readonly {
    readonly EventSource: 'aws:sns';
    readonly Sns: {
      readonly Type: 'Notification';
      readonly Subject: string;
      /** JSON, as CloudWatch writes it. */
      readonly Message: string;
      readonly Timestamp: string;
    };
  }[];
}

/** CloudWatch's message on a transition; the account, the region and the metrics of the trigger are left out. */
export const alarmMessage = (alarm: Alarm, before: AlarmState, { state, reason }: AlarmReading, at: number): string =>
  JSON.stringify({
    AlarmName: alarm.name,
    AlarmDescription: describeAlarmOwner(alarm.owner),
    OldStateValue: before,
    NewStateValue: state,
    NewStateReason: reason,
    StateChangeTime: new Date(at).toISOString().replace('Z', '+0000'),
  });

export const alarmEvent = (alarm: Alarm, message: string, at: number): AlarmEvent => ({
  Records: [
    {
      EventSource: 'aws:sns',
      Sns: {
        Type: 'Notification',
        Subject: `ALARM: "${alarm.name}"`.slice(0, 100),
        Message: message,
        Timestamp: new Date(at).toISOString(),
      },
    },
  ],
});
