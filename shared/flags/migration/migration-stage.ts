/** How far a data path has moved, in order. */
export const MIGRATION_STAGES = ['off', 'dual-write', 'shadow', 'live', 'ramp-down', 'complete'] as const;
export type MigrationStage = (typeof MIGRATION_STAGES)[number];

export type Side = 'old' | 'new';

/** What one stage does with a read and with a write. */
export interface StagePlan {
  /** Whose answer the caller gets, and whose success a write needs. */
  readonly read: Side;
  readonly write: Side;
  /** Read as well, behind the caller's back, to be compared. */
  readonly compares: boolean;
  /** Written as well, behind the caller's back. */
  readonly mirrors: boolean;
  /** A read that fails is answered by the other side. */
  readonly fallsBack: boolean;
}

const OLD = { read: 'old', write: 'old', fallsBack: false } as const;
const NEW = { read: 'new', write: 'new', fallsBack: false } as const;

export const STAGE_PLANS: Readonly<Record<MigrationStage, StagePlan>> = {
  off: { ...OLD, compares: false, mirrors: false },
  'dual-write': { ...OLD, compares: false, mirrors: true },
  shadow: { ...OLD, compares: true, mirrors: true },
  live: { ...NEW, compares: true, mirrors: true, fallsBack: true },
  'ramp-down': { ...NEW, compares: false, mirrors: true },
  complete: { ...NEW, compares: false, mirrors: false },
};

export const isMigrationStage = (value: unknown): value is MigrationStage => MIGRATION_STAGES.some((stage) => stage === value);

export const otherSide = (side: Side): Side => (side === 'old' ? 'new' : 'old');
