import { ClassicLevel } from 'classic-level';

/**
 * dynalite 4 ends an iterator by its `return`, which those of abstract-level do not have: none would ever be closed, and LevelDB
 * would keep, in memory and on disk, all that was overwritten since the first query. Gives them one, in this thread.
 */
export const closeIterators = (): void => {
  for (const method of ['keys', 'values'] as const) {
    const open = ClassicLevel.prototype[method];
    const opened = function (this: ClassicLevel, ...options: Parameters<typeof open>) {
      const iterator = open.apply(this, options);
      return Object.assign(iterator, { return: () => iterator.close() });
    };
    Object.assign(ClassicLevel.prototype, { [method]: opened });
  }
};
