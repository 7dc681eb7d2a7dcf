import type { SystemName } from '../shared/secrets/rotation/rotation-settings.ts';

/** Systems whose credentials are rotated on AWS, each with the bundle that knows it: a bundle holds one driver. */
export const ROTATORS: Readonly<Record<SystemName, string>> = {
  postgresql: 'rotate-postgresql',
  'postgresql-single-user': 'rotate-postgresql',
  mysql: 'rotate-mysql',
  redis: 'rotate-redis',
  'ssh-key': 'rotate-ssh-key',
  'two-keys': 'rotate-two-keys',
};

export const rotators: readonly string[] = [...new Set(Object.values(ROTATORS))];

/** The file under functions/ from which a rotator is bundled. */
export const rotatorEntry = (rotator: string): string => `rotate-secret/on-${rotator.slice('rotate-'.length)}.ts`;

/** The longest that a step takes: logging in four times and one statement, each at its own time-out, s. */
export const ROTATOR_TIMEOUT_S = 120;
export const ROTATOR_MEMORY_MB = 512;
