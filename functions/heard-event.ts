import * as z from 'zod';
import { timelineEvent } from '../shared/api/timeline.ts';
import type { EventType, RunEvent } from '../shared/ports/events.ts';

/** As EventBridge hands on an event of the bus, or says that the time of a schedule has come. */
export const heardEvent = z.looseObject({
  detail: z
    .looseObject({
      ...timelineEvent.shape,
      type: z.custom<EventType>((type) => typeof type === 'string'),
    })
    .optional()
    .catch(undefined),
});

/** The event of a run, a flag or an alert; undefined: it is time to look for what is due. */
export const heard = ({ detail }: z.output<typeof heardEvent>): RunEvent | undefined => detail as RunEvent | undefined;

/** Names an event wherever it is delivered. */
export const eventName = ({ runId, item, rev }: Pick<RunEvent, 'runId' | 'item' | 'rev'>): string => `${runId}/${item}#${rev}`;
