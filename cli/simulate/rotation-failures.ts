import {
  SecretAccessError,
  SecretBinaryError,
  SecretsUnavailableError,
  ServerUnavailableError,
  ValueRefusedError,
} from '../../shared/errors/secret-errors.ts';
import { PENDING } from '../../shared/ports/secrets.ts';
import { Died, type Effect, FIRST, SECRET, type SimulatedWorld, type Stand } from './simulated-world.ts';

export interface RotationFailure {
  readonly what: string;
  /** How things are before the rotation is asked for. */
  readonly before?: (world: SimulatedWorld) => Promise<void>;
  /** A stand for one rotation. */
  readonly stand?: () => Stand;
  /** The tokens that are asked for at once; one where absent. */
  readonly tokens?: readonly string[];
  /** Whether the server lets nobody in before the rotation already. */
  readonly lockedOut?: true;
}

const MINUTE = 60_000;
const plainly: Stand = (_effect, perform) => perform();

/** The process dies at the first effect of this kind, before it or after it. */
const dies =
  (at: Effect, when: 'before' | 'after', nth = 1): (() => Stand) =>
  () => {
    let left = nth;
    return async (effect, perform, world) => {
      if (effect !== at || world.deaths > 0 || --left > 0) return perform();
      const answer = when === 'after' ? await perform() : undefined;
      world.deaths += 1;
      if (when === 'before' || answer === undefined) throw new Died('The process has died.');
      return answer;
    };
  };

/** Whatever is asked of the server fails for so long, ms. */
const unreachable =
  (message: string, from = 0, lasts = 20 * MINUTE): (() => Stand) =>
  () => {
    let began: number | undefined;
    return async (effect, perform, { clock }) => {
      if (effect !== 'log-in' && effect !== 'install' && effect !== 'revoke') return perform();
      began ??= clock.now();
      const since = clock.now() - began;
      if (since >= from && since < from + lasts) throw new ServerUnavailableError(message, { next: 'It is tried again.' });
      return perform();
    };
  };

const times =
  (at: Effect, count: number, fault: () => Error, when: 'before' | 'after' = 'before'): (() => Stand) =>
  () => {
    let left = count;
    return async (effect, perform) => {
      if (effect !== at || left === 0) return perform();
      left -= 1;
      if (when === 'after') await perform();
      throw fault();
    };
  };

const busy = () => new SecretsUnavailableError('The secrets cannot be asked (throttled).', { next: 'It is tried again.' });
const text = (password: string, more: object = {}) => JSON.stringify({ host: 'simulated', username: 'app', password, ...more });

/** Each by its name, in the order in which a rotation comes upon them. */
export const ROTATION_FAILURES: { readonly [name: string]: RotationFailure } = {
  none: { what: 'nothing fails', stand: () => plainly },
  disabled: { what: 'rotations are disabled', before: async ({ secrets }) => secrets.set(SECRET, { rotationEnabled: false }) },
  deleted: {
    what: 'the secret is scheduled for deletion',
    before: async ({ secrets }) => secrets.set(SECRET, { deleted: true }),
    lockedOut: true,
  },
  'not-json': {
    what: 'somebody has put half a JSON document into the secret',
    before: ({ secrets }) => secrets.put(SECRET, 'half', `{"password":"${FIRST}`, 'AWSCURRENT'),
    lockedOut: true,
  },
  binary: {
    what: 'the secret holds bytes',
    stand: times('read', Number.POSITIVE_INFINITY, () => new SecretBinaryError('It holds bytes, and a rotation needs text.')),
  },
  'access-denied': {
    what: 'the key that encrypts the secret may not be used',
    stand: times('read', Number.POSITIVE_INFINITY, () => new SecretAccessError('The role may not use its key.')),
  },
  throttled: { what: 'the store of secrets is busy, ten times', stand: times('read', 10, busy) },
  'left-pending': {
    what: 'an earlier rotation died and has left its version pending',
    before: async ({ secrets, system }) => {
      const next = await system.next({ username: 'app' }, () => 'left-behind', 'left');
      await secrets.put(SECRET, 'left', text('', next), PENDING);
    },
  },
  'pending-half-filled': {
    what: 'the pending version of an earlier rotation holds no password',
    before: ({ secrets }) => secrets.put(SECRET, 'left', '{"host":"simulated","username":"app"}', PENDING),
  },
  'two-at-once': { what: 'two rotations are asked for at once', tokens: ['one', 'two'] },
  'other-server': {
    what: 'the pending version names another server',
    before: ({ secrets }) => secrets.put(SECRET, 'one', text('x', { host: 'elsewhere' }), PENDING),
  },
  'crash-before-value': { what: 'the process dies before the new value is kept', stand: dies('put', 'before') },
  'crash-after-value': { what: 'the process dies after the new value is kept', stand: dies('put', 'after') },
  'server-down': { what: 'the server is down for 20 minutes', stand: unreachable('The server could not be asked (refused).') },
  'server-slow': {
    what: 'the server answers too late for 20 minutes',
    stand: unreachable('The server could not be asked (no answer in time).'),
  },
  'server-refuses-tls': {
    what: 'the server shows a wrong certificate',
    stand: unreachable('The server could not be asked (certificate).'),
  },
  'out-of-connections': {
    what: 'the server has no free connection',
    stand: unreachable('The server could not be asked (too many connections).'),
  },
  'crash-before-server': { what: 'the process dies before the server is changed', stand: dies('install', 'before') },
  'crash-after-server': { what: 'the process dies after the server is changed', stand: dies('install', 'after') },
  'answer-lost': {
    what: 'the server is changed, and its answer is lost',
    stand: times('install', 1, () => new ServerUnavailableError('The connection broke.'), 'after'),
  },
  'value-refused': {
    what: 'the server refuses the new value for good',
    stand: times('install', 1, () => new ValueRefusedError('The server refuses the new password.')),
  },
  'current-wrong': {
    what: 'the server takes the previous credential and not the current one',
    before: async ({ secrets }) => {
      await secrets.put(SECRET, 'by-hand', text('by-hand'), 'AWSPENDING');
      await secrets.moveStage(SECRET, 'AWSCURRENT', { from: 'first', to: 'by-hand' });
      await secrets.moveStage(SECRET, PENDING, { from: 'by-hand' });
    },
    lockedOut: true,
  },
  'all-wrong': {
    what: 'the server takes no credential of the secret',
    before: async ({ server }) => void server.valid.set('app', new Set(['set by hand'])),
    lockedOut: true,
  },
  'crash-before-label': { what: 'the process dies before the label moves', stand: dies('move-label', 'before') },
  'crash-after-label': { what: 'the process dies after the label has moved', stand: dies('move-label', 'after') },
  'finish-failed': {
    what: 'the server is changed, and the label cannot be moved for a while',
    stand: times('move-label', 5, busy),
  },
  'crash-before-revoke': { what: 'the process dies before the old credential is revoked', stand: dies('revoke', 'before') },
  'crash-after-revoke': { what: 'the process dies after the old credential is revoked', stand: dies('revoke', 'after') },
  'revoke-down': {
    what: 'the server is down when the old credential is to be revoked',
    stand: unreachable('The server could not be asked (refused).', 10_000, 60 * MINUTE),
  },
};
