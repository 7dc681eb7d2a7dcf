import { describe, expect, it } from 'vitest';
import { paintWith } from '../../../../cli/render/paint.ts';
import { eventLines } from '../../../../cli/render/timeline-event.ts';

const event = {
  type: 'stepFailed',
  runId: 'r',
  item: 'SEGMENT#places#2',
  rev: 3,
  epoch: 1,
  at: new Date(2026, 0, 2, 3, 4, 5, 6).getTime(),
  actor: 'kent',
  data: { step: 0, message: 'out of\npaper\u001b[2J', code: 'X' },
  prev: '',
  hash: '',
};

describe('an event of a timeline', () => {
  it('is one line with its time, its subject and its facts', () => {
    expect(eventLines(event, paintWith(false))).toEqual([
      '2026-01-02 03:04:05.006  places#2  stepFailed  step=0 message="out of paper\\\\u001b[2J" code=X  by kent',
    ]);
  });

  it('is of the run, and of Slipway itself, without more words', () => {
    const [line] = eventLines({ ...event, item: 'RUN', actor: 'slipway', data: {} }, paintWith(false));
    expect(line).toBe('2026-01-02 03:04:05.006  run  stepFailed');
  });
});
