import type { RunView } from '../../shared/api/run-view.ts';
import type { Component, ScenarioPlane } from './bed.ts';

type Api = Pick<ScenarioPlane, 'call'>;

const PAUSE_MS = 250;
const BEATS = 100;
/** A stage waits ten seconds for a whole period, an alarm as long again: three stages take half a minute where nothing else runs. */
const LONGEST_MS = 120_000;

/** A flag with a service behind it that reports what both of its sides do. */
export class ServedFlag {
  readonly environment: string;
  readonly key: string;
  /** What a request takes on the new side, ms. */
  latency = 100;
  /** The new side is shown, and does not say a word. */
  dead = false;
  readonly #plane: Api;

  private constructor(plane: Api, environment: string, key: string) {
    this.#plane = plane;
    this.environment = environment;
    this.key = key;
  }

  /** A flag for the target of a plan, with everybody on the old side. */
  static async at(plane: Api, target: string): Promise<ServedFlag> {
    const [environment = '', key = ''] = target.split('/');
    await plane.call('put-flag', { environment, key, simple: { rolloutPercentage: 0 }, reason: 'before the rollout' });
    return new ServedFlag(plane, environment, key);
  }

  /** Its rollout: three stages, and a guardrail on the latency of the new side. Each flag has metrics of its own. */
  rollout(over: object): Component {
    return {
      name: 'search',
      kind: 'rollout',
      flag: this.key,
      stages: [10, 50, 100],
      bake: '2s',
      minSample: 20,
      look: '1s',
      guardrails: [
        {
          type: 'metric',
          name: 'latency',
          metric: this.#latency,
          statistic: 'Maximum',
          limit: 500,
          period: '10s',
          window: '30s',
          breaching: 1,
        },
      ],
      metrics: { dimensions: { service: this.key } },
      ...over,
    } as Component;
  }

  get #latency(): string {
    return `Latency-${this.key}`;
  }

  view() {
    return this.#plane.call('get-flag', { environment: this.environment, key: this.key });
  }

  /** Of subjects on the new side. */
  async percent(): Promise<number> {
    return Number((await this.view()).simple?.['rolloutPercentage']);
  }

  /** The variant that somebody gets now. */
  async variantOf(targetingKey: string): Promise<string | undefined> {
    const evaluated = await this.#plane.call('evaluate-flag', {
      environment: this.environment,
      key: this.key,
      context: { targetingKey },
    });
    return 'variant' in evaluated ? evaluated.variant : undefined;
  }

  /** Reports a beat of traffic, dealt as the flag says, again and again until the run is as wanted. Throws where it does not come to that. */
  async serve(runId: string, wanted: (run: RunView) => boolean): Promise<RunView> {
    const until = performance.now() + LONGEST_MS;
    for (;;) {
      const run = await this.#plane.call('get-run', { runId });
      if (wanted(run)) return run;
      if (performance.now() > until) {
        const { status, reason, components } = run;
        throw new Error(`The run did not become as wanted: ${JSON.stringify({ status, reason, components })}`);
      }
      await this.report();
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  async report(): Promise<void> {
    const percent = await this.percent();
    const at = Date.now();
    const datum = (metric: string, variation: string, value: number, share: number) => ({
      metric,
      dimensions: { service: this.key, variation },
      at,
      values: [value],
      counts: [(share * BEATS) / 100],
    });
    const data = [
      datum('Exposures', 'on', 1, percent),
      datum('Exposures', 'off', 1, 100 - percent),
      datum(this.#latency, 'on', this.latency, percent),
      datum(this.#latency, 'off', 100, 100 - percent),
    ]
      .filter(({ metric, dimensions }) => !(this.dead && metric === this.#latency && dimensions.variation === 'on'))
      .filter(({ counts }) => counts.every((count) => count > 0));
    await this.#plane.call('put-metrics', { data });
  }
}
