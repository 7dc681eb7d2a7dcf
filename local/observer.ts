import { join } from 'node:path';
import { LineFile } from '../adapters/embedded/line-file.ts';
import { LineTelemetry } from '../adapters/telemetry/line-telemetry.ts';
import { SelfMonitor } from '../adapters/telemetry/self-monitor.ts';
import { Transfers } from '../adapters/telemetry/transfers.ts';
import { transferring } from '../functions/middleware/current-meter.ts';
import { logContext } from '../functions/middleware/invocation.ts';
import type { Observer } from '../functions/observer.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { Level } from '../shared/ports/telemetry.ts';
import { DEFAULT_THRESHOLDS, type Thresholds } from '../shared/telemetry/vital-signs.ts';
import type { Closing } from './closing.ts';
import type { PlaneMetrics } from './metrics/plane-metrics.ts';

export interface EmbeddedObserverOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly metrics: PlaneMetrics;
  readonly onFault: (error: unknown) => void;
  /** From which level on functions log; info by default. */
  readonly logLevel?: Level | undefined;
  /** Where their lines go; nowhere by default. */
  readonly logFile?: string | undefined;
}

/** One process holds everything, so it may use more of it than one function. */
const THRESHOLDS: Thresholds = { ...DEFAULT_THRESHOLDS, handles: 5000, fileDescriptors: 5000, heapGrownMb: 1024 };

/** Functions that run in this process: their log goes to a file, their measures to Prometheus, and what they change to audit.log. */
export function embeddedObserver(options: EmbeddedObserverOptions, closing: Closing): Observer {
  const { dataDir, clock, metrics, onFault, logLevel = 'info', logFile } = options;
  const audit = new LineFile(join(dataDir, 'audit.log'), { clock, onFault });
  closing.push(async () => audit.close());
  const log = logFile === undefined ? undefined : new LineFile(logFile, { clock, onFault });
  if (log) closing.push(async () => log.close());
  const monitor = new SelfMonitor(THRESHOLDS);
  closing.push(async () => monitor.close());
  const transfers = new Transfers(transferring);
  closing.push(async () => transfers.close());
  const facts = { service: 'slipway', environment: 'local', version: 'embedded' };
  return {
    facts,
    monitor,
    debugShare: 0,
    telemetry: new LineTelemetry({
      clock,
      level: logLevel,
      context: () => logContext(facts),
      write: (line) => log?.write(line),
      writeAudit: audit.write,
      measure: metrics.work.take,
    }),
  };
}
