import { LineTelemetry } from '../adapters/telemetry/line-telemetry.ts';
import { SelfMonitor } from '../adapters/telemetry/self-monitor.ts';
import { Transfers } from '../adapters/telemetry/transfers.ts';
import type { Clock } from '../shared/ports/clock.ts';
import { embeddedMetrics } from '../shared/telemetry/embedded-metric.ts';
import type { Environment } from './environment.ts';
import { transferring } from './middleware/current-meter.ts';
import { logContext } from './middleware/invocation.ts';
import type { Observer } from './observer.ts';

/** Deployed, all that a function tells goes to its log: CloudWatch reads the metrics out of it. Written outright, since Lambda puts words of its own before what is printed by the console. */
export function awsObserver(
  { name, version, telemetry }: Pick<Environment, 'name' | 'version' | 'telemetry'>,
  clock: Clock,
): Observer {
  const write = (line: string) => void process.stdout.write(`${line}\n`);
  new Transfers(transferring);
  const facts = { service: 'slipway', environment: name, version };
  return {
    facts,
    debugShare: telemetry.debugShare,
    monitor: new SelfMonitor(telemetry.thresholds),
    telemetry: new LineTelemetry({
      clock,
      level: telemetry.level,
      context: () => logContext(facts),
      write,
      measure: (measures) => {
        for (const line of embeddedMetrics(measures, name, clock.now())) write(JSON.stringify(line));
      },
    }),
  };
}
