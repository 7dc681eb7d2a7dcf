import type { Value } from '../../../shared/ports/store.ts';
import { HeartbeatTimeoutError, type StateError, TimeoutError } from '../errors.ts';
import type { EventDetails } from '../history.ts';
import type { Visit } from '../visit.ts';
import type { TaskResource } from './resource.ts';

export interface TaskLimits {
  readonly timeoutSeconds: number | undefined;
  readonly heartbeatSeconds: number | undefined;
}

/** The events of one try, under the names that AWS gives to this kind of resource. */
export interface TaskEvents {
  begin(args: Value, limits: TaskLimits): void;
  submitted(output: Value | undefined): void;
  succeeded(output: Value): void;
  failed(error: StateError): void;
}

export function taskEvents(resource: TaskResource, visit: Visit): TaskEvents {
  const prefix = { function: 'LambdaFunction', activity: 'Activity', service: 'Task' }[resource.kind];
  // AWS calls everything after the service the resource: `startExecution.sync`.
  const common: EventDetails =
    resource.kind === 'service'
      ? { resource: resource.arn.slice(resource.arn.lastIndexOf(`:${resource.action}`) + 1), resourceType: resource.service }
      : {};
  return {
    begin(args, { timeoutSeconds, heartbeatSeconds }) {
      const given = resource.kind === 'service' ? { ...common, parameters: args } : { resource: resource.arn, input: args };
      visit.event(`${prefix}Scheduled`, { ...given, timeoutInSeconds: timeoutSeconds, heartbeatInSeconds: heartbeatSeconds });
      visit.event(`${prefix}Started`, common);
    },
    submitted: (output) => void visit.event('TaskSubmitted', { ...common, output }),
    succeeded(output) {
      visit.event(`${prefix}Succeeded`, { ...common, output });
    },
    failed(error) {
      const late = error instanceof TimeoutError || error instanceof HeartbeatTimeoutError;
      visit.event(`${prefix}${late ? 'TimedOut' : 'Failed'}`, { ...common, error: error.name, cause: error.reason });
    },
  };
}
