import { beforeAll, describe, expect, it } from 'vitest';
import { functions } from '../../functions/catalog.ts';
import { evaluateGraph } from '../../local/graph/evaluate-graph.ts';
import type { ResourceGraph } from '../../local/graph/resource-graph.ts';
import { sampleSources } from './sample-sources.ts';

let graph: ResourceGraph;

beforeAll(async () => {
  graph = await evaluateGraph({ environment: 'production', config: { alarmEmail: 'ops@example.org' }, sources: sampleSources });
});

describe('the program', () => {
  it('puts everything under the control plane', () => {
    const byUrn = new Map(graph.resources.map((one) => [one.urn, one]));
    const rootOf = (urn: string): string => {
      const parent = byUrn.get(urn)?.parent;
      return parent === undefined || byUrn.get(parent)?.type === 'pulumi:pulumi:Stack'
        ? (byUrn.get(urn)?.name ?? '')
        : rootOf(parent);
    };
    const strays = graph.resources.filter(({ type, urn }) => type !== 'pulumi:pulumi:Stack' && rootOf(urn) !== 'slipway');
    expect(strays).toEqual([]);
  });

  it('creates a function only after what it may do', () => {
    for (const { name } of functions) {
      const lambda = graph.resources.find((one) => one.name === `slipway-fn-${name}-lambda`);
      expect(lambda?.dependencies.some((urn) => urn.endsWith(`::slipway-fn-${name}-policy`))).toBe(true);
    }
  });

  it('gives each function its catalog memory, time and description', () => {
    for (const spec of functions) {
      const lambda = graph.resources.find((one) => one.name === `slipway-fn-${spec.name}-lambda`);
      expect(lambda?.inputs).toMatchObject({
        memorySize: spec.memoryMb,
        timeout: spec.timeoutSeconds,
        description: spec.purpose,
        name: `slipway-production-${spec.name}`,
      });
    }
  });

  it('has no function that could be taken for a Task', () => {
    expect(functions.filter(({ name }) => name.startsWith('task-'))).toEqual([]);
  });

  it('returns what a caller needs to reach it', () => {
    expect(Object.keys(graph.outputs).toSorted()).toEqual([
      'alarmTopicArn',
      'apiUrl',
      'bucketName',
      'busName',
      'machineArns',
      'machineUrl',
      'tableName',
    ]);
  });
});
