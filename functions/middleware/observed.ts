import { transitionsOf } from '../../shared/usage/transitions.ts';
import type { Deps } from '../deps.ts';
import { CallMeter } from './call-meter.ts';
import { during, type Invocation } from './invocation.ts';
import type { LambdaContext, LambdaHandler } from './lambda-handler.ts';

let cold = true;

/**
 * Around every function: what its logs carry, how it ended, what it used and measured; `metered`: also for the run that it works for.
 * Without telemetry it is the handler itself.
 */
export const observed = (
  { observer, clock, ids }: Pick<Deps, 'observer' | 'clock' | 'ids'>,
  handler: LambdaHandler,
  { metered = false }: { readonly metered?: boolean } = {},
): LambdaHandler => {
  if (observer === undefined) return handler;
  const { telemetry, monitor, facts, debugShare } = observer;
  return (event, context) => {
    const coldStart = cold;
    cold = false;
    const ended = monitor.begin();
    const meter = metered ? new CallMeter({ clock, figures: () => monitor.figures(), ...sizeOf(context) }) : undefined;
    const invocation: Invocation = {
      telemetry,
      context: { ...facts, ...of(context), coldStart, samplingRate: debugShare, debug: ids.random() < debugShare },
      keys: {},
      measures: [],
      level: 'info',
      ...(meter ? { meter } : {}),
    };
    return during(invocation, async () => {
      const began = clock.now();
      const end = (outcome: string, error?: unknown) => {
        meter?.end();
        const { crossed, cpuMs, rssMb } = ended();
        for (const one of crossed) {
          telemetry.log('warn', `${one.measure} is above its threshold.`, { ...one });
          invocation.measures.push({ name: 'slipway_function_warnings_total', value: 1, labels: { measure: one.measure } });
        }
        const used = { duration_ms: clock.now() - began, cpu_ms: Math.round(cpuMs), rss_mb: Math.round(rssMb) };
        telemetry.log(error === undefined ? invocation.level : 'error', 'The call ended.', {
          outcome,
          ...used,
          ...(error === undefined ? {} : { error }),
        });
        if (invocation.measures.length > 0) telemetry.measure(invocation.measures);
      };
      try {
        const answer = await handler(event, context);
        end(outcomeOf(answer));
        return answer;
      } catch (error) {
        end('error', error);
        throw error;
      }
    });
  };
};

const of = ({ awsRequestId, functionName }: LambdaContext) => ({
  requestId: awsRequestId,
  ...(functionName === undefined ? {} : { function: functionName }),
});

const sizeOf = ({ functionName = '', memoryLimitInMB }: LambdaContext) => ({
  memoryMb: Number(memoryLimitInMB ?? 0),
  transitions: transitionsOf(functionName),
});

/** Of an answer: the outcome that a machine reads, or the status of HTTP. */
function outcomeOf(answer: unknown): string {
  const { outcome, statusCode } = (typeof answer === 'object' && answer !== null ? answer : {}) as Record<string, unknown>;
  return String(outcome ?? statusCode ?? 'done');
}
