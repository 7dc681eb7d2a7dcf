import { describe, expect, it } from 'vitest';
import { guardrailsOf } from '../../../../shared/guardrails/guardrails-of.ts';
import { alarmNameOf, alarmsOf, ownAlarmsOf } from '../../../../shared/rollout/guardrail-alarms.ts';
import { rollout } from './rollout-bed.ts';

const of = { runId: 'r1', environment: 'staging', component: 'search' };
const errors = { type: 'rate', name: 'errors', events: 'Errors', of: 'Requests', limit: 5 };
const ours = { type: 'alarm', name: 'ours', alarm: 'team-alarm' };

describe('the alarms that are made for a rollout', () => {
  it('read the metrics of the new side, and name whom they take back', () => {
    const metrics = { namespace: 'Shop', dimensions: { service: 'search' }, arm: 'side' };
    const [alarm] = alarmsOf(rollout({ guardrails: [errors], metrics, to: 'on' }), of);
    expect(alarm).toMatchObject({
      name: 'slipway-guardrail-staging-r1-search-errors',
      owner: { ...of, guardrail: 'errors', flag: 'new-search' },
      acts: true,
    });
    expect(alarm?.series).toEqual({
      Errors: { namespace: 'Shop', metric: 'Errors', dimensions: { service: 'search', side: 'on' } },
      Requests: { namespace: 'Shop', metric: 'Requests', dimensions: { service: 'search', side: 'on' } },
    });
  });

  it.each(['hold', 'alert'])('act only where the guardrail rolls back, not where it is to %s', (action) => {
    expect(alarmsOf(rollout({ guardrails: [{ ...errors, action }] }), of)).toMatchObject([{ acts: false }]);
  });

  it('are told beside the team’s own, of which those that are to hold or to alert take nothing back', () => {
    const quiet = ['hold', 'alert'].map((action) => ({ ...ours, name: action, action }));
    expect(ownAlarmsOf(rollout({ guardrails: [errors, ours, ...quiet] }))).toEqual([{ alarm: 'team-alarm', guardrail: 'ours' }]);
  });

  it('are none for an alarm of the team’s own, which keeps its name', () => {
    const component = rollout({ guardrails: [ours, errors] });
    expect(alarmsOf(component, of)).toHaveLength(1);
    expect(guardrailsOf(component).map((guardrail) => alarmNameOf(of, guardrail))).toEqual([
      'team-alarm',
      'slipway-guardrail-staging-r1-search-errors',
    ]);
  });
});
