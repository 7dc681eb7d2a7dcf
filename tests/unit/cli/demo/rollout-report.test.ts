import { describe, expect, it } from 'vitest';
import { rolloutLines } from '../../../../cli/demo/rollout-lines.ts';
import { rolloutReport } from '../../../../cli/demo/rollout-report.ts';
import type { RolloutStory } from '../../../../cli/demo/rollout-story.ts';
import { paintWith } from '../../../../cli/render/paint.ts';
import { runView } from '../sample-view.ts';

const search = {
  traffic: {
    old: { requests: 9000, failed: 0 },
    new: { requests: 1000, failed: 250 },
    unanswered: 0,
    lastOnNew: 11_030,
  },
  service: { p95: { old: 1.234, new: null }, compared: 250, mismatches: 3 },
  brokenAt: 2000,
};
const view = runView({ status: 'rolled-back', seconds: 51 });
const story: RolloutStory = {
  stages: [{ percent: 50, enteredAt: 1990, sentences: [] }],
  tripped: { at: 11_000, by: `slipway-guardrail-staging-${view.id}-search-errors`, reason: '30 % > 2', heardAt: 11_020 },
  rolledBackAt: 11_500,
};
const lines = (...all: Parameters<typeof rolloutReport>) => rolloutLines(rolloutReport(...all), paintWith(false)).join('\n');

describe('the report of a rollout', () => {
  it('tells what happened when after a fault, in order, with what failed', () => {
    const report = rolloutReport(view, story, search, { kind: 'errors', at: 50 });
    expect(report.fault).toEqual({
      kind: 'errors',
      at: 50,
      injectedAt: 2000,
      trippedAt: 11_000,
      guardrail: 'errors',
      reason: '30 % > 2',
      flagAtOldAt: 11_020,
      lastOnNewAt: 11_030,
      rolledBackAt: 11_500,
    });
    const text = lines(view, story, search, { kind: 'errors', at: 50 });
    expect(text.match(/\+\d+\.\d{3} s/g)).toEqual(['+0.000 s', '+9.000 s', '+9.020 s', '+9.030 s', '+9.500 s']);
    expect(text).toContain('the guardrail errors tripped: 30 % > 2');
    expect(text).toContain('250 of 1,000 searches failed (25%), on the old one 0.');
  });

  it('tells of searches by path, and of a fault that never came', () => {
    const { brokenAt: _, ...whole } = search;
    const text = lines(view, { stages: [] }, { ...whole, brokenAt: undefined }, { kind: 'latency', at: 100 });
    expect(text).toContain('9,000 old (0 failed, p95 1.2 ms), 1,000 new (250 failed, p95 -)');
    expect(text).toContain('ended before 100 %: nothing was broken');
  });

  it('tells nothing of faults where there was none', () => {
    const report = rolloutReport(view, { stages: [] }, { ...search, brokenAt: undefined }, undefined);
    expect(report).not.toHaveProperty('fault');
  });
});
