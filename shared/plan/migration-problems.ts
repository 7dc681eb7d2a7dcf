import { isMigrationStage } from '../flags/migration/migration-stage.ts';
import { duration } from '../notation/quantities.ts';
import { elements, valueAt } from './plan-places.ts';
import { type Locate, type Path, type Problem, problem, quote } from './problem.ts';
import { DEFAULT_ROLLBACK_WINDOW } from './rollout.ts';

interface Rollout {
  readonly path: Path;
  readonly name: string;
  readonly flag: string;
  /** ms. */
  readonly rollbackWindow: number;
  readonly completes: boolean;
}

/**
 * A migration that is complete writes the old side no longer: whoever is sent back there misses what was written since. So no
 * rollback window of the flag may be open then, and every window of a plan opens at the end of its run.
 */
export function migrationProblems(value: unknown, locate: Locate): Problem[] {
  const rollouts = elements(value, ['phases'])
    .flatMap((path) => elements(value, [...path, 'components']))
    .flatMap((path) => rolloutAt(value, path));
  const completed = new Map(rollouts.filter(({ completes }) => completes).map((rollout) => [rollout.flag, rollout]));
  return rollouts.flatMap(({ path, name, flag, rollbackWindow }) => {
    const last = completed.get(flag);
    if (!last || rollbackWindow === 0) return [];
    const end = last.name === name ? 'it takes' : `${quote(last.name)} takes`;
    const message = `The rollback window of ${quote(name)} is open when ${end} the flag ${quote(flag)} to "complete", where no old path is left. Write rollbackWindow: 0s, or complete the migration in a later run, after the window.`;
    const at = [...path, valueAt(value, [...path, 'rollbackWindow']) === undefined ? 'to' : 'rollbackWindow'];
    return [problem('NO_WAY_BACK', at, message, { position: locate(at) ?? locate(path) })];
  });
}

function rolloutAt(value: unknown, path: Path): Rollout[] {
  const read = (key: string): unknown => valueAt(value, [...path, key]);
  const [name, flag, from = 'off', to] = [read('name'), read('flag'), read('from'), read('to')];
  if (read('kind') !== 'rollout' || typeof name !== 'string' || typeof flag !== 'string') return [];
  const window = duration.safeParse(read('rollbackWindow') ?? DEFAULT_ROLLBACK_WINDOW);
  // One that cannot be read is told by the schema.
  const rollbackWindow = window.success ? window.data : 0;
  return [{ path, name, flag, rollbackWindow, completes: to === 'complete' && isMigrationStage(from) }];
}
