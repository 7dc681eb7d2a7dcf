import { MetricAlarm, type MetricAlarmArgs } from '@pulumi/aws/cloudwatch/metricAlarm.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output, RunError } from '@pulumi/pulumi';
import {
  type AlarmDefinition,
  alarmDefinition,
  COMPARISONS,
  figureId,
  hasPercentile,
} from '../../shared/guardrails/alarm-definition.ts';
import { type GuardrailInput, guardrailSchema, type ThresholdGuardrail } from '../../shared/guardrails/guardrail.ts';
import { percentileOf } from '../../shared/guardrails/statistic.ts';
import { naming } from '../naming.ts';
import { currentPlace } from '../place.ts';

type Threshold = Exclude<GuardrailInput, { type: 'alarm' }>;
/** Of each type by itself: `Omit` of a union would keep what they share. */
type Measured<One> = One extends unknown ? Omit<One, 'name' | 'action' | 'compare'> : never;

export interface GuardrailArgs {
  /** The environment of the ControlPlane whose rollouts it guards. */
  readonly environment: string;
  /** What it measures, as a guardrail of a plan says it: `metric`, `rate` or `math`, with `is`, `limit`, `window`, `period`, `breaching`, `missing`. */
  readonly guards: Measured<Threshold>;
  /** Where its metrics are. */
  readonly namespace: Input<string>;
  readonly dimensions?: Input<{ [name: string]: Input<string> }>;
  readonly description?: string;
  /** Topics that hear of it, beside Slipway, when it fires and when it is over. */
  readonly topics?: Input<Input<string>[]>;
  readonly tags?: { readonly [key: string]: string };
}

const NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;
/** Of an alarm. */
const LONGEST_NAME = 255;

/**
 * An alarm that a team declares beside what it watches, with the arithmetic of a guardrail of a plan. Rollouts name it (`{ type: alarm, alarm:
 * slipway-ENVIRONMENT-guard-NAME }`) and go back when it fires; unlike those that a run makes, it is there before and after.
 */
export class Guardrail extends ComponentResource {
  readonly alarmName: Output<string>;
  readonly alarmArn: Output<string>;

  constructor(name: string, args: GuardrailArgs, options: ComponentResourceOptions = {}) {
    super('slipway:infra:Guardrail', name, {}, options);
    const names = naming(args.environment, currentPlace({ parent: this }), args.tags);
    const alarmName = names.part(`guard-${name}`);
    const definition = alarmDefinition(checked(name, alarmName, args));
    const alarm = new MetricAlarm(
      `${name}-alarm`,
      {
        name: alarmName,
        alarmDescription: args.description ?? `The guardrail ${name} of rollouts in ${args.environment}`,
        ...measured(definition, args),
        comparisonOperator: COMPARISONS[definition.operator],
        threshold: definition.threshold,
        evaluationPeriods: definition.evaluationPeriods,
        datapointsToAlarm: definition.datapointsToAlarm,
        treatMissingData: definition.missing,
        ...(definition.lowSamples === 'ignore' && hasPercentile(definition)
          ? { evaluateLowSampleCountPercentiles: 'ignore' }
          : {}),
        alarmActions: args.topics ?? [],
        okActions: args.topics ?? [],
        tags: names.tags,
      },
      { parent: this },
    );
    this.alarmName = alarm.name;
    this.alarmArn = alarm.arn;
    this.registerOutputs({ alarmName: this.alarmName, alarmArn: this.alarmArn });
  }
}

/** One metric alone goes without metric math, as the alarms do that a run makes. */
function measured(definition: AlarmDefinition, { namespace, dimensions = {} }: GuardrailArgs): Partial<MetricAlarmArgs> {
  const period = definition.periodMs / 1000;
  const alone = definition.metrics[definition.expression.trim()];
  if (alone !== undefined) {
    const statistic = percentileOf(alone.statistic) === undefined ? 'statistic' : 'extendedStatistic';
    return { namespace, metricName: alone.metric, dimensions, period, [statistic]: alone.statistic };
  }
  const parts = Object.entries(definition.metrics).map(([id, { metric, statistic: stat }]) => ({
    id,
    metric: { namespace, metricName: metric, dimensions, period, stat },
    returnData: false,
  }));
  return { metricQueries: [...parts, { id: figureId(definition), expression: definition.expression, returnData: true }] };
}

/** With what is left out filled in; all that is wrong is told at once. */
function checked(name: string, alarmName: string, { environment, guards }: GuardrailArgs): ThresholdGuardrail {
  const parsed = guardrailSchema.safeParse({ ...guards, name: 'guards' });
  const problems = (parsed.error?.issues ?? []).map(({ path, message }) => `  ${['guards', ...path].join('.')}: ${message}`);
  if (!NAME.test(name) || alarmName.length > LONGEST_NAME) {
    const room = LONGEST_NAME - (alarmName.length - name.length);
    problems.push(`  its name: take letters, digits, - and _, a letter first, ${room} at most in ${environment}`);
  }
  if (parsed.data?.type === 'alarm')
    problems.push('  guards.type: must be metric, rate or math: an alarm that exists needs no Guardrail');
  if (!parsed.success || parsed.data.type === 'alarm' || problems.length > 0)
    throw new RunError(`The Guardrail ${name} is wrong:\n${problems.join('\n')}\nMend its arguments.`);
  return parsed.data;
}
