import { beforeAll, describe, expect, it } from 'vitest';
import type { ResourceGraph } from '../../local/graph/resource-graph.ts';
import { inventoryOf, missingFrom, readInventory, UPDATE } from './inventory.ts';
import { without } from './sabotage.ts';
import { graphOfStack, STACKS } from './stack-graphs.ts';

const graphs = new Map<string, ResourceGraph>();

beforeAll(async () => {
  for (const stack of STACKS) graphs.set(stack, await graphOfStack(stack));
});

const compared = (stack: string, graph: ResourceGraph | undefined) => {
  const now = inventoryOf(graph ?? { resources: [], outputs: {} });
  const kept = readInventory(stack);
  return { vanished: missingFrom(now, kept), appeared: missingFrom(kept, now) };
};

describe.each(STACKS)('the inventory of %s', (stack) => {
  it('lacks nothing that the program deployed before, and holds all that it deploys', () => {
    expect(compared(stack, graphs.get(stack)), `If that is meant, run: ${UPDATE}`).toEqual({ vanished: [], appeared: [] });
  });

  it('tells which resource was removed by mistake', () => {
    const graph = graphs.get(stack);
    if (graph === undefined) throw new Error('no graph');
    const removed = without(graph, 'aws:sqs/queuePolicy:QueuePolicy');
    expect(compared(stack, removed).vanished).toEqual(['aws:sqs/queuePolicy:QueuePolicy slipway-on-undelivered-policy']);
  });
});

describe('the stacks', () => {
  it('differ by their configuration alone', () => {
    const resourcesOf = (stack: string) => ({ ...readInventory(stack), 'pulumi:pulumi:Stack': [] });
    for (const stack of STACKS) expect(resourcesOf(stack)).toEqual(resourcesOf('production'));
  });
});
