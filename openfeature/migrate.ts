import { type Client, type EvaluationContext, OpenFeature } from '@openfeature/server-sdk';
import { Migration, type MigrationMachine, type MigrationSettings } from '../shared/flags/migration/migration.ts';
import { backgroundClock } from './background-clock.ts';

export interface MigrateOptions<RI, RO, WI, WO> extends Omit<MigrationSettings<EvaluationContext, RI, RO, WI, WO>, 'stage'> {
  /** Key of a flag of text whose variants are the six stages. */
  readonly flag: string;
  /** OpenFeature's default client where it is absent. */
  readonly client?: Pick<Client, 'getStringValue'>;
}

/**
 * Moves a data path from `old` to `new` by the six stages of a flag: off, dual-write, shadow, live, ramp-down, complete. The side that the
 * stage does not ask is used behind the caller's back: it delays nothing, and its errors reach no caller. In `live` a failing read is
 * answered by the old side.
 */
export function migrate<RI, RO, WI = never, WO = never>(
  { flag, client = OpenFeature.getClient(), stageOtherwise = 'off', ...settings }: MigrateOptions<RI, RO, WI, WO>,
  machine: Partial<MigrationMachine> = {},
): Migration<EvaluationContext, RI, RO, WI, WO> {
  const stage = (context: EvaluationContext) => client.getStringValue(flag, stageOtherwise, context);
  const own = { clock: backgroundClock, elapsed: () => performance.now(), random: Math.random };
  return new Migration({ ...settings, stage, stageOtherwise }, { ...own, ...machine });
}
