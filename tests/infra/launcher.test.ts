import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { evaluateGraph } from '../../local/graph/evaluate-graph.ts';
import { launch } from './local-engine.ts';
import { sampleSources } from './sample-sources.ts';

const folder = fileURLToPath(new URL('./fixtures/launched', import.meta.url));
const project = parse(readFileSync(new URL('../../Pulumi.yaml', import.meta.url), 'utf8'));
const typescript: boolean = project.runtime.options.typescript;

describe("Pulumi's launcher", { timeout: 120_000 }, () => {
  it('runs the program as Pulumi.yaml says, and registers what the graph holds', async () => {
    const launched = await launch(folder, typescript, { 'slipway:dataTables': '["cities"]' });
    const graph = await evaluateGraph({ environment: 'development', sources: sampleSources });
    expect(launched.errors).toEqual([]);
    expect(launched.exitCode).toBe(0);
    expect(launched.resources.toSorted()).toEqual(graph.resources.map(({ type, name }) => `${type} ${name}`).toSorted());
  });

  it('tells a wrong configuration and creates nothing', async () => {
    const launched = await launch(folder, typescript, { 'slipway:dataTable': '["cities"]' });
    expect(launched.errors.join('\n')).toContain('slipway:dataTable: unknown');
    expect(launched.exitCode).not.toBe(0);
    expect(launched.resources.filter((resource) => !resource.startsWith('pulumi:pulumi:Stack'))).toEqual([]);
  });
});
