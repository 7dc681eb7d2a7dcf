import { describe, expect, it } from 'vitest';
import { NOTHING_YET, type RolloutStory, tell } from '../../../../cli/demo/rollout-story.ts';
import type { EventType, RunEvent } from '../../../../shared/ports/events.ts';

const event = (type: EventType, at: number, data: RunEvent['data'], actor = 'slipway'): RunEvent => ({
  type,
  runId: 'r',
  item: 'COMPONENT#search',
  rev: at,
  epoch: 1,
  at,
  actor,
  data,
  prev: '',
  hash: '',
});

const told = (...events: readonly RunEvent[]): RolloutStory =>
  events.reduce((story, one) => tell(story, one, one.at + 5), NOTHING_YET);

const entered = event('stageEntered', 10, { stage: 0, percent: 1 });
const verdict = (at: number, decision: string) =>
  event('verdictRecorded', at, { percent: 1, decision, checks: [{ sentence: 'All is well.' }] });

describe('the story of a rollout', () => {
  it('has every stage with what was said of it', () => {
    const { stages } = told(entered, verdict(20, 'promote'), event('stageEntered', 21, { stage: 1, percent: 10 }));
    expect(stages).toEqual([
      { percent: 1, enteredAt: 10, judgedAt: 20, decision: 'promote', sentences: ['All is well.'] },
      { percent: 10, enteredAt: 21, sentences: [] },
    ]);
  });

  it('takes a stage as judged when it is promoted or taken back, not while it is held', () => {
    expect(told(entered, verdict(15, 'hold')).stages[0]).not.toHaveProperty('decision');
    expect(told(entered, verdict(15, 'hold'), verdict(20, 'rollback')).stages[0]).toMatchObject({ judgedAt: 20 });
  });

  it('is the same where events come again', () => {
    const events = [entered, verdict(20, 'promote')];
    expect(told(...events, ...events)).toEqual(told(...events));
  });

  it('knows when the flag was sent back, when that was heard, and when the run had gone back', () => {
    const trip = event('flagTripped', 30, { runId: 'r', reason: 'too many errors' }, 'alarm');
    const later = { ...trip, at: 40 };
    const back = event('statusChanged', 50, { from: 'rolling-back', to: 'rolled-back' });
    expect(told(entered, trip, later, back)).toMatchObject({
      tripped: { at: 30, by: 'alarm', reason: 'too many errors', heardAt: 35 },
      rolledBackAt: 50,
    });
  });
});
