import type { Strictness } from '../experiments/rate-shift.ts';
import type { Check, Outcome } from '../experiments/verdict.ts';
import type { Guardrail } from './guardrail.ts';
import { periodMs } from './guardrail-period.ts';
import { judgeComparison } from './judge-comparison.ts';
import type { GuardrailEvidence, StageState } from './stage-state.ts';

/** A silence by luck is rarer than this before a path is called dead. */
const DEAD_LEVEL = 1e-6;
const MINUTE_MS = 60_000;

export function judgeGuardrail(evidence: GuardrailEvidence, stage: StageState, strictness: Strictness): Check[] {
  const { guardrail, comparison } = evidence;
  const checks = [alarmCheck(evidence, stage), ...deadCheck(evidence)];
  if (comparison === null || guardrail.type === 'alarm' || guardrail.type === 'math' || guardrail.compare === undefined)
    return checks;
  return [...checks, judgeComparison(guardrail, guardrail.compare.atMost, comparison, stage, strictness)];
}

function alarmCheck({ guardrail, alarm, reportedAt }: GuardrailEvidence, stage: StageState): Check {
  const check = (outcome: Outcome, sentence: string): Check => ({
    name: guardrail.name,
    outcome,
    value: alarm.value,
    limit: guardrail.type === 'alarm' ? null : guardrail.limit,
    sample: { control: null, treatment: guardrail.type === 'alarm' ? null : alarm.sample },
    interval: null,
    sentence,
  });
  // What only alerts must not hold anything either.
  const held: Outcome = guardrail.action === 'alert' ? 'alert' : 'hold';
  if (alarm.state === 'ALARM') return check(guardrail.action, `The guardrail ${guardrail.name} has tripped: ${alarm.reason}`);
  if (alarm.refused.length > 0)
    return check(held, `The guardrail ${guardrail.name} got data that it cannot use: ${alarm.refused.join(' ')}`);
  if (guardrail.type !== 'alarm' && reportedAt === null) return check(held, unsent(guardrail, stage));
  if (alarm.state === 'INSUFFICIENT_DATA')
    return check(held, `The guardrail ${guardrail.name} has too little data: ${alarm.reason}`);
  return check('pass', `The guardrail ${guardrail.name} is quiet: ${alarm.reason}`);
}

function unsent(guardrail: Exclude<Guardrail, { type: 'alarm' }>, { now, rolloutStartedAt }: StageState): string {
  const waited = now - rolloutStartedAt;
  if (waited < 2 * periodMs(guardrail)) return `The guardrail ${guardrail.name} waits for its first data.`;
  const what = guardrail.type === 'metric' ? guardrail.metric : guardrail.type === 'rate' ? guardrail.of : guardrail.name;
  return `Nobody has sent ${what} for ${Number((waited / MINUTE_MS).toFixed(1))} min: check its name and its dimensions.`;
}

/** A path that is exposed and says nothing, while the control speaks, serves nothing. */
function deadCheck({ guardrail, recent }: GuardrailEvidence): Check[] {
  if (recent === null || recent.reports.treatment > 0) return [];
  const { exposures, reports } = recent;
  const share = exposures.treatment / (exposures.control + exposures.treatment);
  // The chance that none of the control's reports had come from the new path, were both alive.
  const chance = (1 - share) ** reports.control;
  if (!(chance <= DEAD_LEVEL)) return [];
  return [
    {
      name: `${guardrail.name}/silent`,
      outcome: guardrail.action,
      value: 0,
      limit: null,
      sample: reports,
      interval: null,
      sentence: `The new path is dead: ${exposures.treatment} exposures and no report for ${guardrail.name}, while the control sent ${reports.control}.`,
    },
  ];
}
