import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateGraph } from '../../../../local/graph/evaluate-graph.ts';
import type { GraphResource, ResourceGraph } from '../../../../local/graph/resource-graph.ts';
import { sampleSources as sources } from '../../../infra/sample-sources.ts';

let graph: ResourceGraph;

beforeAll(async () => {
  graph = await evaluateGraph({ environment: 'local', sources });
});

const named = (name: string): GraphResource => {
  const found = graph.resources.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no resource ${name}`);
  return found;
};

describe('evaluateGraph', () => {
  it('keeps parents', () => {
    expect(named('slipway-fn-reconcile-lambda').parent).toBe(named('slipway-fn-reconcile').urn);
    expect(named('slipway').parent).toBe(named('slipway-local').urn);
    expect(named('slipway-local').parent).toBeUndefined();
  });

  it('keeps what each property depends on', () => {
    const { propertyDependencies } = named('slipway-fn-reconcile-lambda');
    expect(propertyDependencies['role']).toEqual([named('slipway-fn-reconcile-role').urn]);
    expect(propertyDependencies['environment']).toContain(named('slipway-table-items').urn);
    expect(propertyDependencies['timeout']).toEqual([]);
  });

  it('fills inputs with the outputs of others', () => {
    expect(named('slipway-fn-reconcile-lambda').inputs['role']).toBe('arn:aws:iam::000000000000:role/slipway-local-reconcile');
  });

  it('answers with the ARN of a published version', () => {
    expect(named('slipway-fn-reconcile-lambda').outputs['qualifiedArn']).toBe(
      'arn:aws:lambda:us-east-1:000000000000:function:slipway-local-reconcile:1',
    );
  });

  it('gives no two resources one URN', () => {
    expect(new Set(graph.resources.map(({ urn }) => urn)).size).toBe(graph.resources.length);
  });

  it('answers the same twice, and when asked for two graphs at once', async () => {
    const byName = (one: ResourceGraph) => new Map(one.resources.map((resource) => [resource.urn, resource]));
    const [again, other] = await Promise.all([
      evaluateGraph({ environment: 'local', sources }),
      evaluateGraph({ environment: 'production', sources }),
    ]);
    expect(byName(again)).toEqual(byName(graph));
    expect(again.outputs).toEqual(graph.outputs);
    expect(other.outputs['tableName']).toBe('slipway-production');
    expect(other.resources).toHaveLength(graph.resources.length);
  });

  it('lets the configuration name another environment than the stack', async () => {
    const { outputs } = await evaluateGraph({ environment: 'ada', config: { environment: 'development' }, sources });
    expect(outputs['tableName']).toBe('slipway-development');
  });

  it('passes on an error of the program, and works on after it', async () => {
    await expect(evaluateGraph({ environment: 'local', config: { dataTable: 'cities' }, sources })).rejects.toThrow(
      /slipway:dataTable: unknown/,
    );
    const { resources } = await evaluateGraph({ environment: 'local', sources });
    expect(resources).toHaveLength(graph.resources.length);
  });

  it('refuses to reserve concurrency for a function that there is not', async () => {
    const config = { reservedConcurrency: { 'work-segments': 5 } };
    await expect(evaluateGraph({ environment: 'local', config, sources })).rejects.toThrow(
      /reservedConcurrency: names no function: work-segments; known are .*work-segment/,
    );
  });

  it('passes on an error that comes late, inside an output', async () => {
    const late = { ...sources, code: () => Promise.reject(new Error('no such bundle')) as never };
    await expect(evaluateGraph({ environment: 'local', sources: late })).rejects.toThrow(/no such bundle/);
  });

  it('refuses a definition that names a function which its catalog entry does not', async () => {
    const wrong = { ...sources, definition: () => `{"FunctionName":"\${function:drop-tables}"}` };
    await expect(evaluateGraph({ environment: 'local', sources: wrong })).rejects.toThrow(
      /statemachines\/run\.asl\.json names functions .* drop-tables/,
    );
  });

  it('leaves the depth of stack traces as it was', () => {
    expect(Error.stackTraceLimit).toBeGreaterThan(0);
  });
});
