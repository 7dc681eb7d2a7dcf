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
  if (/^arn:[^:]+:lambda:/.test(arn)) return { arn, kind: 'function', service: 'lambda', action: 'invoke', pattern: 'request' };
  const [, service, rest] = /^arn:[^:]+:states:[^:]*:[^:]*:(?!activity:)([^:]+(?::(?=[^:]+:))?[^:]*?):(.+)$/.exec(arn) ?? [];
  if (service === undefined || rest === undefined) return { arn, kind: 'activity', service: '', action: '', pattern: 'request' };
  const [suffix, pattern] = suffixes.find(([end]) => rest.endsWith(end)) ?? ['', 'request' as const];
  return { arn, kind: 'service', service, action: rest.slice(0, rest.length - suffix.length), pattern };
}
