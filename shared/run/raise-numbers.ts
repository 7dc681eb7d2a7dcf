import type { DataRecord } from '../ports/tables.ts';

/**
 * An item of the control table as it goes back into service after a restore from a backup, which rewinds numbers: every fence and epoch is
 * raised by the same offset, so that nobody who got one after the backup was made can speak with a number that is valid
 * again, while what belongs together (a lock's fence and the one that its run recorded) goes on to fit. Items without numbers stay.
 */
export function raiseNumbers(item: DataRecord, by: number): DataRecord {
  const sk = String(item['sk']);
  if (sk === 'LOCK') return raised(item, ['fence', 'ownerEpoch'], by);
  if (sk === 'FLAG') return raised(item, ['ownerEpoch'], by);
  if (sk.startsWith('COMPONENT#') || sk.startsWith('SEGMENT#')) return raised(item, ['epoch'], by);
  if (sk === 'QUEUE')
    return Object.fromEntries(
      Object.entries(item).map(([name, place]) => [name, isMap(place) ? raised(place, ['epoch'], by) : place]),
    );
  if (sk !== 'RUN') return item;
  const run = raised(item, ['epoch', 'backEpoch'], by);
  const fences = run['fences'];
  return isMap(fences) ? { ...run, fences: raised(fences, Object.keys(fences), by) } : run;
}

function raised(item: DataRecord, attributes: readonly string[], by: number): DataRecord {
  const numbers = attributes.flatMap((name) => {
    const number = item[name];
    return typeof number === 'number' ? [[name, number + by] as const] : [];
  });
  return { ...item, ...Object.fromEntries(numbers) };
}

const isMap = (value: unknown): value is DataRecord => typeof value === 'object' && value !== null && !Array.isArray(value);
