import type { EffectClass, TaskMethod, TaskShape } from '../ports/user-code.ts';

const METHODS: readonly TaskMethod[] = ['forward', 'verify', 'undo', 'probe'];
const EFFECTS: ReadonlySet<unknown> = new Set<EffectClass>(['idempotent', 'probeable', 'manual']);

type Call = (input: unknown) => unknown;

/**
 * What an exported value can do. A plain function is a task with `forward` alone. A task that declares no effect class,
 * or one that nobody knows, is `manual`: nothing of it is ever repeated without a person's word.
 */
export function shapeOf(exported: unknown): TaskShape {
  const declared = typeof exported === 'object' && exported !== null ? (exported as { effect?: unknown }).effect : undefined;
  return {
    effect: EFFECTS.has(declared) ? (declared as EffectClass) : 'manual',
    methods: METHODS.filter((method) => methodOf(exported, method) !== undefined),
  };
}

/** One method of an exported value, bound to it. */
export function methodOf(exported: unknown, method: TaskMethod): Call | undefined {
  if (typeof exported === 'function') return method === 'forward' ? (exported as Call) : undefined;
  if (typeof exported !== 'object' || exported === null) return undefined;
  const found: unknown = (exported as Record<string, unknown>)[method];
  return typeof found === 'function' ? (input) => found.call(exported, input) : undefined;
}
