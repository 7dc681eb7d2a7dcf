/**
 * Makes work that many ask for at once be done for all of them together: whoever asks while it is under way shares the next turn with all
 * others who do. Nobody is given what was begun before they asked. A turn that fails does so for those who share it.
 */
export function inTurns<T>(work: () => Promise<T>): () => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  return () => {
    if (next) return next;
    next = last.then(() => {
      next = undefined;
      return work();
    });
    last = next.catch(() => undefined);
    return next;
  };
}
