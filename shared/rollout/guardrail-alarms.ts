import { alarmDefinition, metricsOf } from '../guardrails/alarm-definition.ts';
import type { Guardrail } from '../guardrails/guardrail.ts';
import { guardrailsOf } from '../guardrails/guardrails-of.ts';
import type { RolloutComponent } from '../plan/plan.ts';
import type { Alarm, AlarmOwner } from '../ports/alarms.ts';
import type { SeriesName } from '../ports/metrics.ts';

type Of = Omit<AlarmOwner, 'guardrail' | 'flag'>;

/** Names of alarms begin so: a role may then create and remove these and no other. */
const PREFIX = 'slipway-guardrail';

/** The alarm of a guardrail: the team's own, or one that Slipway makes for this run. */
export const alarmNameOf = (of: Of, guardrail: Guardrail): string =>
  guardrail.type === 'alarm' ? guardrail.alarm : [PREFIX, of.environment, of.runId, of.component, guardrail.name].join('-');

/** A metric of one side of a rollout. */
export const seriesOf = ({ metrics }: Pick<RolloutComponent, 'metrics'>, metric: string, variant: string): SeriesName => ({
  namespace: metrics.namespace,
  metric,
  dimensions: { ...metrics.dimensions, [metrics.arm]: variant },
});

/** The team's own alarms that take the rollout back, each with its guardrail. */
export const ownAlarmsOf = (component: RolloutComponent): readonly { readonly alarm: string; readonly guardrail: string }[] =>
  guardrailsOf(component).flatMap((guardrail) =>
    guardrail.type === 'alarm' && guardrail.action === 'rollback' ? [{ alarm: guardrail.alarm, guardrail: guardrail.name }] : [],
  );

/** The alarms that Slipway makes for a rollout, over the metrics of the new side. */
export function alarmsOf(component: RolloutComponent, of: Of): readonly Alarm[] {
  return guardrailsOf(component).flatMap((guardrail) => {
    if (guardrail.type === 'alarm') return [];
    const definition = alarmDefinition(guardrail);
    const series = metricsOf(definition).map((metric) => [metric, seriesOf(component, metric, component.to)] as const);
    return [
      {
        name: alarmNameOf(of, guardrail),
        owner: { ...of, guardrail: guardrail.name, flag: component.flag },
        definition,
        series: Object.fromEntries(series),
        acts: guardrail.action === 'rollback',
      },
    ];
  });
}
