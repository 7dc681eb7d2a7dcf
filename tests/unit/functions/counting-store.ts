import type { Store } from '../../../shared/ports/store.ts';

/** Counts what it hands on. */
export function countingStore(store: Store): { readonly store: Store; readonly calls: string[] } {
  const calls: string[] = [];
  const counted = new Proxy(store, {
    get:
      (target, name: keyof Store) =>
      (...args: unknown[]) => {
        calls.push(name);
        return (target[name] as (...args: unknown[]) => unknown)(...args);
      },
  });
  return { store: counted, calls };
}
