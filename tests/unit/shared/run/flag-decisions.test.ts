import { describe, expect, it } from 'vitest';
import { decideFlag } from '../../../../shared/run/flag-decisions.ts';
import { effective, type FlagState } from '../../../../shared/run/flag-state.ts';

const OLD = { percent: 0 };
const NEW = { percent: 50 };
const TRIP = { at: 1, by: 'alarm', reason: 'errors', code: 'GUARDRAIL_TRIPPED' } as const;
const me = { runId: 'r1', epoch: 2 };

const flag = (facts: Partial<FlagState> = {}): FlagState => ({
  environment: 'staging',
  key: 'f',
  document: OLD,
  rev: 4,
  ...facts,
});
const owned = (facts: Partial<FlagState> = {}) => flag({ owner: 'r1', ownerEpoch: 2, preImage: OLD, document: NEW, ...facts });

describe('decideFlag', () => {
  it('keeps what it finds as the pre-image when it takes a flag', () => {
    expect(decideFlag(flag(), me, { type: 'own' })).toMatchObject({
      change: { set: { owner: 'r1', ownerEpoch: 2, preImage: OLD, document: OLD } },
    });
  });

  it('takes over what an earlier run left tripped as evaluation saw it, and clears the trip', () => {
    const left = flag({ owner: 'r0', ownerEpoch: 1, document: NEW, preImage: OLD, tripped: TRIP });
    expect(decideFlag(left, me, { type: 'own' })).toMatchObject({
      change: { set: { document: OLD, preImage: OLD }, remove: ['tripped'] },
    });
  });

  it('raises the epoch of its own flag and leaves pre-image and trip alone', () => {
    const decision = decideFlag(owned({ ownerEpoch: 1, tripped: TRIP }), me, { type: 'own' });
    expect(decision).toMatchObject({ change: { set: { ownerEpoch: 2 } } });
    expect('change' in decision && decision.change.remove).toBeUndefined();
  });

  it('is done where this epoch owns it, and lost where a newer one does', () => {
    expect(decideFlag(owned(), me, { type: 'own' })).toEqual({ done: true });
    expect(decideFlag(owned({ ownerEpoch: 3 }), me, { type: 'own' })).toEqual({ lost: true });
  });

  it('does not take again what this epoch has let go, while a newer epoch may', () => {
    const released = flag({ released: { runId: 'r1', epoch: 2 } });
    expect(decideFlag(released, me, { type: 'own' })).toEqual({ lost: true });
    expect(decideFlag(released, { ...me, epoch: 3 }, { type: 'own' })).toHaveProperty('change');
  });

  it.each(['shift', 'restore'] as const)('refuses a %s to anyone but this epoch of the owner', (type) => {
    expect(decideFlag(owned({ owner: 'r0' }), me, { type, document: OLD })).toEqual({ lost: true });
    expect(decideFlag(owned({ ownerEpoch: 3 }), me, { type, document: OLD })).toEqual({ lost: true });
  });

  it('shifts once, and never after a trip', () => {
    expect(decideFlag(owned(), me, { type: 'shift', document: { percent: 100 } })).toMatchObject({
      change: { set: { document: { percent: 100 } } },
    });
    expect(decideFlag(owned(), me, { type: 'shift', document: NEW })).toEqual({ done: true });
    expect(decideFlag(owned({ tripped: TRIP }), me, { type: 'shift', document: { percent: 100 } })).toEqual({ tripped: TRIP });
  });

  it('restores document and pre-image, so that a later trip changes nothing', () => {
    const decision = decideFlag(owned({ preImage: NEW }), me, { type: 'restore', document: OLD });
    expect(decision).toMatchObject({ change: { set: { document: OLD, preImage: OLD } } });
    expect(decideFlag(owned({ document: OLD }), me, { type: 'restore', document: OLD })).toEqual({ done: true });
  });

  it('is not let go by a run that succeeds once it has tripped', () => {
    expect(decideFlag(owned({ tripped: TRIP }), me, { type: 'disown' })).toEqual({ tripped: TRIP });
    expect(decideFlag(owned(), me, { type: 'disown' })).toMatchObject({ change: { remove: expect.arrayContaining(['owner']) } });
  });

  it('is let go by a run that has gone back as evaluation sees it, and once', () => {
    expect(decideFlag(owned({ tripped: TRIP }), me, { type: 'yield' })).toMatchObject({
      change: { set: { document: OLD }, remove: expect.arrayContaining(['tripped', 'owner']) },
      event: { data: { tripped: TRIP } },
    });
    expect(decideFlag(flag(), me, { type: 'yield' })).toEqual({ done: true });
  });
});

describe('effective', () => {
  it('is the document, and from a trip on the pre-image whatever is shifted', () => {
    expect(effective(owned())).toEqual(NEW);
    expect(effective(owned({ tripped: TRIP }))).toEqual(OLD);
  });
});
