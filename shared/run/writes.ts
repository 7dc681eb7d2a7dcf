import type { Clause, Item, Key, Removal, Value, Write } from '../ports/store.ts';

/**
 * Every conditional write of the run protocol, in one place. Each clause is needed: the mutation test takes
 * them out one by one and some seed of the simulation must fail.
 */
type Change = Pick<Write, 'set' | 'remove' | 'add'>;

const absent = (attribute: string): Clause => ({ test: 'absent', attribute });
const equals = (attribute: string, value: string | number): Clause => ({ test: 'equals', attribute, value });
const lessThan = (attribute: string, value: number): Clause => ({ test: 'lessThan', attribute, value });

/** Items of a run carry this; a newer one is refused. */
export const SCHEMA_VERSION = 1;

export interface LockClaim {
  readonly runId: string;
  readonly epoch: number;
  readonly now: number;
}

export const acquireLock = (key: Key, claim: LockClaim): Write => ({
  name: 'lock.acquire',
  key,
  set: held(claim),
  add: { fence: 1 },
  when: [absent('holder')],
});

/** Takes a released lock again for going back: refused where a later run has held it. The fence stays, since no other run came between. */
export const retakeLock = (key: Key, claim: LockClaim, fence: number): Write => ({
  name: 'lock.retake',
  key,
  set: held(claim),
  when: [absent('holder'), equals('fence', fence)],
});

/** A lock that the run held when it was admitted carries the recorded fence still; where it does not, others have held it between. */
export const seizeLock = (key: Key, runId: string, epoch: number, fence: number | undefined): Write => ({
  name: fence === undefined ? 'lock.seize-unadmitted' : 'lock.seize',
  key,
  set: { ownerEpoch: epoch },
  when: [equals('holder', runId), lessThan('ownerEpoch', epoch), ...(fence === undefined ? [] : [equals('fence', fence)])],
});

export const releaseLock = (key: Key, runId: string, epoch: number): Write => ({
  name: 'lock.release',
  key,
  remove: ['holder', 'open', 'openSort'],
  when: [equals('holder', runId), equals('ownerEpoch', epoch)],
});

const held = (claim: LockClaim): Record<string, Value> => ({
  holder: claim.runId,
  lastHolder: claim.runId,
  ownerEpoch: claim.epoch,
  since: claim.now,
  schemaVersion: SCHEMA_VERSION,
  open: 'lock',
  openSort: claim.runId,
});

export const createRun = (key: Key, set: Record<string, Value>): Write => ({
  name: 'run.create',
  key,
  set: { ...set, schemaVersion: SCHEMA_VERSION },
  add: { rev: 1 },
  when: [absent('rev')],
});

/** By a worker of the run: `epoch` comes from its execution's input, `rev` from its read. */
export const transitionRun = (key: Key, epoch: number, rev: number, change: Change): Write => ({
  name: 'run.transition',
  key,
  ...counted(change),
  when: [equals('epoch', epoch), equals('rev', rev)],
});

/** By a command or a takeover: decided on the item as it was read, so `rev` alone tells that nothing has come between. */
export const commandRun = (key: Key, rev: number, change: Change): Write => ({
  name: 'run.command',
  key,
  ...counted(change),
  when: [equals('rev', rev)],
});

export const createItem = (key: Key, epoch: number, set: Record<string, Value>): Write => ({
  name: 'item.create',
  key,
  set: { ...set, epoch, schemaVersion: SCHEMA_VERSION },
  add: { rev: 1 },
  when: [absent('epoch')],
});

export const transitionItem = (key: Key, epoch: number, rev: number, change: Change): Write => ({
  name: 'item.transition',
  key,
  ...counted(change),
  when: [equals('epoch', epoch), equals('rev', rev)],
});

/** Takes a component or segment over, also one that never started: from then on its former writers are refused. */
export const seizeItem = (key: Key, epoch: number, direction: string): Write => ({
  name: 'item.seize',
  key,
  set: { epoch, direction, schemaVersion: SCHEMA_VERSION },
  add: { rev: 1 },
  when: [{ test: 'any', of: [absent('epoch'), lessThan('epoch', epoch)] }],
});

export const createFlag = (key: Key, set: Record<string, Value>): Write => ({
  name: 'flag.create',
  key,
  set: { ...set, schemaVersion: SCHEMA_VERSION },
  add: { rev: 1 },
  when: [absent('rev')],
});

/** By whoever may change a flag: decided on the item as it was read, so `rev` alone tells that nothing has come between. */
export const commandFlag = (key: Key, rev: number, change: Change): Write => ({
  name: 'flag.command',
  key,
  ...counted(change),
  when: [equals('rev', rev)],
});

export const createSchedule = (key: Key, set: Record<string, Value>): Write => ({
  name: 'schedule.create',
  key,
  set: { ...set, schemaVersion: SCHEMA_VERSION },
  add: { rev: 1 },
  when: [absent('rev')],
});

/** By a person, or by whoever claims the times that are due: `rev` tells that nothing has come between, so a time is claimed once. */
export const changeSchedule = (key: Key, rev: number, change: Change): Write => ({
  name: 'schedule.change',
  key,
  ...counted(change),
  when: [equals('rev', rev)],
});

/** The timer is as the schedule of this version wants it. A later version has a timer of its own to keep. */
export const timerKept = (key: Key, version: number): Write => ({
  name: 'schedule.timer-kept',
  key,
  remove: ['open', 'openSort'],
  when: [equals('version', version)],
});

/** The first thing that an alarm does, without reading anything: from then on the flag is what it was before `runId` took it. */
export const failoverFlag = (key: Key, runId: string, tripped: Value): Write => ({
  name: 'flag.failover',
  key,
  ...counted({ set: { tripped } }),
  when: [equals('owner', runId)],
});

export const createRotation = (key: Key, set: Record<string, Value>): Write => ({
  name: 'rotation.create',
  key,
  set: { ...set, schemaVersion: SCHEMA_VERSION },
  add: { rev: 1 },
  when: [absent('rev')],
});

/** Decided on the rotation as it was read, so `rev` alone tells that nothing has come between. */
export const commandRotation = (key: Key, rev: number, change: Change): Write => ({
  name: 'rotation.command',
  key,
  ...counted(change),
  when: [equals('rev', rev)],
});

/** By a person, at the revision that was read. */
export const writeSecretSettings = (key: Key, rev: number, change: Change): Write => ({
  name: 'secret-settings.write',
  key,
  ...counted({ ...change, set: { ...change.set, schemaVersion: SCHEMA_VERSION } }),
  when: [rev === 0 ? absent('rev') : equals('rev', rev)],
});

/** A run that begins to wait, or that nothing limits. It takes nothing from anybody, so it need not know of the others; it must not
 * overwrite its own slot. */
export const joinQueue = (key: Key, attribute: string, place: Value): Write => ({
  name: 'queue.join',
  key,
  set: { [attribute]: place, schemaVersion: SCHEMA_VERSION },
  when: [absent(attribute)],
});

/** Takes or gives up slots: decided on all places as they were read, so `rev` tells that nobody has taken or given one between. */
export const changeQueue = (key: Key, rev: number, change: Change): Write => ({
  name: rev === 0 ? 'queue.begin' : 'queue.change',
  key,
  ...counted({ ...change, set: { ...change.set, schemaVersion: SCHEMA_VERSION } }),
  when: [rev === 0 ? absent('rev') : equals('rev', rev)],
});

/** Decided on the starts as they were read. */
export const countStart = (key: Key, rev: number, set: Record<string, Value>): Write => ({
  name: 'rate.count',
  key,
  ...counted({ set: { ...set, schemaVersion: SCHEMA_VERSION } }),
  when: [rev === 0 ? absent('rev') : equals('rev', rev)],
});

/** By an administrator, at the revision that was read. */
export const writeLimits = (key: Key, rev: number, change: Change): Write => ({
  name: 'limits.write',
  key,
  ...counted({ ...change, set: { ...change.set, schemaVersion: SCHEMA_VERSION } }),
  when: [rev === 0 ? absent('rev') : equals('rev', rev)],
});

/** By an administrator of an environment, at the revision that was read. */
export const writeAlertSettings = (key: Key, rev: number, change: Change): Write => ({
  name: 'alert-settings.put',
  key,
  ...counted({ ...change, set: { ...change.set, schemaVersion: SCHEMA_VERSION } }),
  when: [rev === 0 ? absent('rev') : equals('rev', rev)],
});

/** By whoever cleans up, at the revision that was read. */
export const writeCleaning = (key: Key, rev: number, change: Change): Write => ({
  name: 'cleaning.write',
  key,
  ...counted({ ...change, set: { ...change.set, schemaVersion: SCHEMA_VERSION } }),
  when: [rev === 0 ? absent('rev') : equals('rev', rev)],
});

/** A part of a run that has expired: nobody else writes it any more. */
export const removePart = (key: Key): Removal => ({ name: 'expired.remove-part', key, when: [] });

/** The events of a removed run that are its audit trail go together: an event itself never changes. */
export const keepTrailUntil = ({ pk, sk, hash }: Item, until: number): Write => ({
  name: 'trail.keep-until',
  key: { pk, sk },
  set: { expiresAt: Math.ceil(until / 1000) },
  when: [equals('hash', String(hash))],
});

/** The key may have gone to a later run. */
export const removeStartKey = (key: Key, runId: string): Removal => ({
  name: 'expired.remove-key',
  key,
  when: [equals('runId', runId)],
});

/** The last of a run: as long as it is there, cleaning finds what is left. */
export const removeRun = (key: Key, rev: number): Removal => ({
  name: 'expired.remove-run',
  key,
  when: [equals('rev', rev)],
});

/** An event is fixed by its item and revision, so putting it twice writes the same: no condition is needed. `keep`: what the first decides. */
export const putEvent = (key: Key, set: Record<string, Value>, keep: Record<string, Value>): Write => ({
  name: 'event.put',
  key,
  set,
  keep,
  when: [],
});

const counted = (change: Change): Change => ({ ...change, add: { ...change.add, rev: 1 } });
