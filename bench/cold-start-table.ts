import { median } from './row.ts';
import type { Start } from './start-module.ts';

/** The starts of one function and of the handler that it is compared with, in turns. */
export interface Measured {
  readonly name: string;
  readonly ours: readonly Start[];
  readonly theirs: readonly Start[];
}

export const MB = 1024 * 1024;

export const medianOf = (starts: readonly Start[], part: keyof Start): number => median(starts.map((one) => one[part]));

export const ratioOf = ({ ours, theirs }: Measured, part: keyof Start): number => medianOf(ours, part) / medianOf(theirs, part);

/** The slowest of the rounds less the fastest, ms. */
export function spread(starts: readonly Start[]): number {
  const times = starts.map(({ ms }) => ms);
  return Math.max(...times) - Math.min(...times);
}

/** How busy the machine was. */
export interface Machine {
  /** Averages of 1, 5 and 15 minutes. */
  readonly loads: readonly string[];
  readonly cpus: number;
}

/** The page docs/benchmarks/cold-start.md. */
export const coldStartTable = (
  measured: readonly Measured[],
  rounds: number,
  { loads, cpus }: Machine,
): string => `# How functions start

Written by \`npm run bench -- cold-start\`: ${rounds} starts of each bundle in fresh processes of Node ${process.versions.node}, in turns with a handler
as in the quick start of Powertools for AWS Lambda (TypeScript): logger, tracer, metrics, middy and parser around the same SDK clients,
and YAML where plans are read, bundled by the same settings. It does nothing of our functions' work. Time is from the import until the
handler stands; memory is what the process has resident, and its heap after a sweep. Medians, with the slowest start less the fastest in
brackets. **The times are this machine's**; what holds elsewhere is the ratio, unless the brackets are wider than the difference: then the
machine was busy. Its load was ${loads.join(', ')} (1, 5 and 15 minutes) on ${cpus} processors when it was over. The goal is 1 at most.

| function | ms | Powertools, ms | ratio | resident MB | ratio | heap MB | ratio |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${measured.map(lineOf).join('\n')}
| **median** | | | **${middle(measured, 'ms')}** | | **${middle(measured, 'rss')}** | | **${middle(measured, 'heap')}** |
`;

const middle = (measured: readonly Measured[], part: keyof Start): string =>
  median(measured.map((one) => ratioOf(one, part))).toFixed(2);

function lineOf(measured: Measured): string {
  const { name, ours, theirs } = measured;
  const time = (starts: readonly Start[]) => `${medianOf(starts, 'ms').toFixed(0)} (${spread(starts).toFixed(0)})`;
  const memory = (part: 'rss' | 'heap') => [(medianOf(ours, part) / MB).toFixed(1), ratioOf(measured, part).toFixed(2)];
  return `| ${[name, time(ours), time(theirs), ratioOf(measured, 'ms').toFixed(2), ...memory('rss'), ...memory('heap')].join(' | ')} |`;
}
