import type { Item } from '../ports/store.ts';

/** Reads each item once, however many look at it: an item never changes, and its state must not be changed either. */
export function readOnce<State>(read: (item: Item) => State): (item: Item) => State {
  const known = new WeakMap<Item, { readonly state: State }>();
  return (item) => {
    const found = known.get(item) ?? { state: read(item) };
    known.set(item, found);
    return found.state;
  };
}
