export type Pattern = 'request' | 'sync' | 'sync:2' | 'callback';

/** A Task's Resource, taken apart. `service` and `action` are those of a service integration. */
export interface TaskResource {
  readonly arn: string;
  readonly kind: 'function' | 'service' | 'activity';
  readonly service: string;
  readonly action: string;
  readonly pattern: Pattern;
}

const suffixes: readonly (readonly [string, Pattern])[] = [
  ['.waitForTaskToken', 'callback'],
  ['.sync:2', 'sync:2'],
  ['.sync', 'sync'],
];

export function parseResource(arn: string): TaskResource {
  const [suffix, pattern] = suffixes.find(([end]) => arn.endsWith(end)) ?? ['', 'request' as const];
  const [, , owner, , , ...rest] = arn.slice(0, arn.length - suffix.length).split(':');
  if (owner === 'lambda') return { arn, kind: 'function', service: 'lambda', action: 'invoke', pattern: 'request' };
  const action = rest.pop();
  if (owner !== 'states' || action === undefined || rest.length === 0 || rest[0] === 'activity') {
    return { arn, kind: 'activity', service: '', action: '', pattern: 'request' };
  }
  return { arn, kind: 'service', service: rest.join(':'), action, pattern };
}
