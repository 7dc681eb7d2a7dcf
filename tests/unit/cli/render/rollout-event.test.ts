import { describe, expect, it } from 'vitest';
import { paintWith } from '../../../../cli/render/paint.ts';
import { eventLines } from '../../../../cli/render/timeline-event.ts';
import { fromSimple, simpleFlag } from '../../../../shared/flags/simple-flag.ts';
import { verdict } from '../sample-view.ts';

const told = (type: string, data: object, item = 'COMPONENT#search'): string => {
  const event = { type, runId: 'r', item, rev: 1, epoch: 1, at: 0, actor: 'kent', data: data as never, prev: '', hash: '' };
  const [line = ''] = eventLines(event, paintWith(false));
  return line.slice('1970-01-01 00:00:00.000  '.length);
};
const document = fromSimple(simpleFlag.parse({ rolloutPercentage: 25, userGroups: ['beta'], customers: ['acme'] }));

describe('an event of a rollout or a flag', () => {
  it.each([
    ['stageEntered', { stage: 1, percent: 10 }, 'stage 2 (10 %), watched from now on'],
    ['stageHeld', { stage: 1, held: ['It bakes.', 'It has nobody.'] }, 'It bakes. It has nobody.'],
    ['stageHeld', { stage: 1, held: [] }, 'nothing holds it any more'],
    ['verdictRecorded', verdict({ decision: 'promote', reasons: [] }), 'promote at stage 3 (50 %): 3 checks passed'],
    ['verdictRecorded', verdict({ decision: 'rollback', reasons: ['It is dead.'] }), 'rollback at stage 3 (50 %): It is dead.'],
    ['verdictRecorded', verdict({ byHand: true, reasons: ['It bakes.'] }), 'hold at stage 3 (50 %), by hand: It bakes.'],
    ['guardrailAlert', { stage: 0, began: [{ name: 'errors', sentence: '3 errors.' }], ended: [] }, 'errors went off: 3 errors.'],
    ['guardrailAlert', { stage: 0, began: [], ended: ['errors'] }, 'errors is quiet again'],
    ['stagePromoted', { stage: 0, reason: 'we know it' }, 'stage 1 by hand: we know it'],
    ['stagePromoted', { stage: 0, reason: '' }, 'stage 1 by hand'],
    ['stageLowered', { stage: 0, percent: 1, reason: 'too early' }, 'back to stage 1 (1 %): too early'],
    ['flagPut', { document, reason: 'begin' }, 'on for 25 % and 1 customer of beta: begin'],
    ['flagPut', { document: { colour: 'red' }, reason: '' }, 'a definition of another release'],
    ['flagShifted', { document, runId: 'r1' }, 'on for 25 % and 1 customer of beta, by run r1'],
    ['flagOwned', { runId: 'r1', epoch: 1 }, 'run r1 has it now'],
    ['flagReleased', { runId: 'r1' }, 'run r1 let it go'],
    [
      'flagRestored',
      { document, runId: 'r1', tripped: { at: 1, by: 'alarm errors', reason: 'too many' } },
      'on for 25 % and 1 customer of beta as before, by run r1; it had tripped: too many (alarm errors)',
    ],
  ])('%s is told in words', (type, data, words) => {
    expect(told(type, data)).toBe(`search  ${type}  ${words}  by kent`);
  });

  it('names a flag with its environment, and stays on one line', () => {
    const line = told('flagPut', { document, reason: 'a\nb\u001b[2J' }, 'FLAG#staging#new-search');
    expect(line).toBe('staging/new-search  flagPut  on for 25 % and 1 customer of beta: a b\\u001b[2J  by kent');
  });
});
