import { parseArgs } from 'node:util';
import { simulate } from './simulate.ts';

/** Every clause of every condition that the given seeds use. */
export async function clausesOf(seeds: readonly number[]): Promise<readonly string[]> {
  const seen = new Set<string>();
  for (const seed of seeds) for (const clause of (await simulate(seed)).clauses) seen.add(clause);
  return [...seen].sort();
}

/** The first seed that fails without the clause; undefined: none does, so the clause is not needed. */
export async function killer(clause: string, from: number, seeds: number): Promise<number | undefined> {
  for (let seed = from; seed < from + seeds; seed += 1) {
    if ((await simulate(seed, clause)).violations.length > 0) return seed;
  }
  return undefined;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { seeds: { type: 'string', default: '5000' }, from: { type: 'string', default: '1' }, clause: { type: 'string' } },
  });
  const clauses = values.clause ? [values.clause] : await clausesOf(Array.from({ length: 300 }, (_, index) => index + 1));
  let survived = 0;
  for (const clause of clauses) {
    const seed = await killer(clause, Number(values.from), Number(values.seeds));
    if (seed === undefined) survived += 1;
    console.log(`${seed === undefined ? 'SURVIVES' : `seed ${seed}`.padEnd(8)}  ${clause}`);
  }
  console.log(`${clauses.length - survived} passed, ${survived} failed`);
  process.exitCode = survived > 0 ? 1 : 0;
}
