import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { evaluateGraph } from '../../local/graph/evaluate-graph.ts';
import type { ResourceGraph } from '../../local/graph/resource-graph.ts';
import { sampleSources } from './sample-sources.ts';

/** Those with a Pulumi.<stack>.yaml. */
export const STACKS = ['development', 'staging', 'production'] as const;

type Stack = (typeof STACKS)[number];
type Config = { readonly [key: string]: unknown };

/** What Pulumi.<stack>.yaml says of Slipway, without the `slipway:` before each key. */
function configOf(stack: Stack): Config {
  const { config } = parse(readFileSync(new URL(`../../Pulumi.${stack}.yaml`, import.meta.url), 'utf8')) as { config: Config };
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) => (key.startsWith('slipway:') ? [[key.slice('slipway:'.length), value]] : [])),
  );
}

/** What a deployment of the stack would create; `more` goes over its file. */
export const graphOfStack = (stack: Stack, more: Config = {}): Promise<ResourceGraph> =>
  evaluateGraph({ environment: stack, config: { ...configOf(stack), ...more }, sources: sampleSources });
