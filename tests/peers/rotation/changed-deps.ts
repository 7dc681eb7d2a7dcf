import type { RotationDeps } from '../../../shared/secrets/rotation/rotation-context.ts';
import type { Fate } from '../../simulation/rotation/crash.ts';

/** The fate counts and ends whatever changes something: reading leaves nothing behind. */
export function mortal(deps: RotationDeps, fate: Fate): RotationDeps {
  const { next, install, revoke } = deps.system;
  return {
    ...deps,
    ...{ store: watched(deps.store, fate, ['write', 'remove']), secrets: watched(deps.secrets, fate, ['put', 'moveStage']) },
    ...{ workflow: fate.over(deps.workflow), system: { ...deps.system, ...fate.over({ next, install, revoke }) } },
  };
}

const watched = <T extends object>(target: T, fate: Fate, names: readonly string[]): T => {
  const ended = fate.over(target);
  return new Proxy(target, {
    get: (object, name) => (names.includes(String(name)) ? Reflect.get(ended, name) : bound(object, name)),
  });
};

/** The same object with some of its methods replaced. */
export const replaced = <T extends object>(target: T, methods: Partial<T>): T =>
  new Proxy(target, { get: (object, name) => (name in methods ? Reflect.get(methods, name) : bound(object, name)) });

/** Private fields want their own object as `this`. */
function bound(object: object, name: string | symbol): unknown {
  const found = Reflect.get(object, name, object) as unknown;
  return typeof found === 'function' ? found.bind(object) : found;
}
