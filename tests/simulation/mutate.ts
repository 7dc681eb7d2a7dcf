import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { BREAK_SEEDS, PART_SEEDS, QUEUE_SEEDS } from './scenario.ts';
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

/** Some need what only certain runs do: those are asked last. */
async function killerOf(clause: string, seeds: number): Promise<number | undefined> {
  for (const from of clause.startsWith('queue.') ? [QUEUE_SEEDS] : [1, PART_SEEDS, BREAK_SEEDS]) {
    const seed = await killer(clause, from, seeds);
    if (seed !== undefined) return seed;
  }
  return undefined;
}

/** `npm run simulate:mutate`: writes the first killing seed of every clause; fails where a clause has none, for then it is to be taken out. */
if (import.meta.main) {
  const { values } = parseArgs({ options: { seeds: { type: 'string', default: '20000' }, clause: { type: 'string' } } });
  const seeds = Array.from({ length: 300 }, (_, index) => index + 1);
  const every = await clausesOf([...seeds, ...seeds.slice(0, 50).map((seed) => QUEUE_SEEDS + seed)]);
  const file = new URL('killers.json', import.meta.url);
  const known: Record<string, number> = JSON.parse(await readFile(file, 'utf8').catch(() => '{}'));
  const killers: Record<string, number> = {};
  let survived = 0;
  for (const clause of every) {
    const before = known[clause];
    const still = before !== undefined && (await killer(clause, before, 1)) === before;
    const skipped = values.clause !== undefined && values.clause !== clause;
    const seed = still || skipped ? before : await killerOf(clause, Number(values.seeds));
    if (seed === undefined) survived += 1;
    else killers[clause] = seed;
    console.log(`${(seed === undefined ? 'SURVIVES' : `seed ${seed}`).padEnd(10)} ${clause}`);
  }
  await writeFile(file, `${JSON.stringify(killers, null, 2)}\n`);
  console.log(`${every.length - survived} passed, ${survived} failed`);
  process.exitCode = survived > 0 ? 1 : 0;
}
