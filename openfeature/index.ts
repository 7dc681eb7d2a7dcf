export type { Migration } from '../shared/flags/migration/migration.ts';
export { MIGRATION_STAGES, type MigrationStage } from '../shared/flags/migration/migration-stage.ts';
export type { MigrationCall, MigrationFigures } from '../shared/flags/migration/migration-tally.ts';
export { type MigrateOptions, migrate } from './migrate.ts';
export { type MemoryOptions, type ProviderMachine, type RemoteOptions, SlipwayProvider } from './slipway-provider.ts';
