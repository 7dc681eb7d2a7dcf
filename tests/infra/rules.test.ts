import { beforeAll, describe, expect, it } from 'vitest';
import { recordProgram } from '../../local/graph/recording-monitor.ts';
import type { ResourceGraph } from '../../local/graph/resource-graph.ts';
import beside from './fixtures/beside/index.ts';
import { ACCESS_SABOTAGES } from './rules/access-sabotages.ts';
import { RULES } from './rules/all-rules.ts';
import type { Sabotage } from './rules/broken.ts';
import { COMPUTE_SABOTAGES } from './rules/compute-sabotages.ts';
import { idleCost, PRODUCTION_RULES } from './rules/production-rules.ts';
import { PRODUCTION_SABOTAGES } from './rules/production-sabotages.ts';
import { CUSTOMER_KEY_RULES } from './rules/storage-rules.ts';
import { CUSTOMER_KEY_SABOTAGES, STORAGE_SABOTAGES } from './rules/storage-sabotages.ts';
import { WATCHING_SABOTAGES } from './rules/watching-sabotages.ts';
import { graphOfStack, STACKS } from './stack-graphs.ts';

/** Everything that can be asked for. */
const ALL_OPTIONS = {
  dataTables: ['cities', 'cities-*'],
  taskFunctions: ['warm-cache'],
  alarmEmail: 'ops@example.org',
  monthlyBudgetUsd: 20,
  customerKey: true,
  reservedConcurrency: { 'work-segment': 20 },
  vpc: { subnetIds: ['subnet-0a1b2c'], securityGroupIds: ['sg-0a1b2c'] },
  jwtIssuer: 'https://login.example.org/',
  jwtAudience: ['slipway'],
};
const FULL = 'production, with every option';

const graphs = new Map<string, ResourceGraph>();
const graphOf = (name: string): ResourceGraph => {
  const graph = graphs.get(name);
  if (graph === undefined) throw new Error(`no graph of ${name}`);
  return graph;
};

beforeAll(async () => {
  for (const stack of STACKS) graphs.set(stack, await graphOfStack(stack));
  graphs.set(FULL, await graphOfStack('production', ALL_OPTIONS));
});

describe.each([...STACKS, FULL])('the program in %s', (name) => {
  it.each(Object.keys(RULES))('%s', (rule) => {
    expect(RULES[rule]?.(graphOf(name))).toEqual([]);
  });

  it('costs less than 10 USD a month by being there', () => {
    expect(idleCost(graphOf(name))).toBeGreaterThan(1);
    expect(idleCost(graphOf(name))).toBeLessThan(10);
  });
});

describe('under a key of the customer', () => {
  it.each(Object.keys(CUSTOMER_KEY_RULES))('%s', (rule) => {
    expect(CUSTOMER_KEY_RULES[rule]?.(graphOf(FULL))).toEqual([]);
  });
});

describe('in production', () => {
  it.each(Object.keys(PRODUCTION_RULES))('%s', (rule) => {
    expect(PRODUCTION_RULES[rule]?.(graphOf('production'))).toEqual([]);
    expect(PRODUCTION_RULES[rule]?.(graphOf(FULL))).toEqual([]);
  });

  it('alone data is kept: it may go with a development stack', () => {
    const kept = graphOf('development').resources.filter((one) => one.protect || one.retainOnDelete);
    expect(kept).toEqual([]);
  });
});

describe('a Task beside a control plane', () => {
  // A failure of a Task fails the component that runs it, which tells; nobody needs an alarm for it.
  const rules = Object.keys(RULES).filter((rule) => rule !== 'functions have an alarm');

  it.each(rules)('%s', async (rule) => {
    graphs.set('beside', graphs.get('beside') ?? (await recordProgram('anything', {}, beside)));
    expect(RULES[rule]?.(graphOf('beside'))).toEqual([]);
  });
});

describe('a rule that is broken', () => {
  const all = { ...RULES, ...PRODUCTION_RULES, ...CUSTOMER_KEY_RULES };
  const inProduction = [
    ...STORAGE_SABOTAGES,
    ...COMPUTE_SABOTAGES,
    ...WATCHING_SABOTAGES,
    ...ACCESS_SABOTAGES,
    ...PRODUCTION_SABOTAGES,
  ];
  const told = ({ rule, broken }: Sabotage, graph: ResourceGraph) => (all[rule]?.(broken(graph)) ?? []).join('\n');

  it.each(inProduction)('names the resource and the mend: $rule, $how', (sabotage) => {
    expect(told(sabotage, graphOf('production'))).not.toBe('');
    for (const part of sabotage.says) expect(told(sabotage, graphOf('production'))).toContain(part);
  });

  it.each(CUSTOMER_KEY_SABOTAGES)('names the resource and the mend: $rule, $how', (sabotage) => {
    expect(told(sabotage, graphOf(FULL))).not.toBe('');
    for (const part of sabotage.says) expect(told(sabotage, graphOf(FULL))).toContain(part);
  });

  it('is tried for every rule', () => {
    const tried = new Set([...inProduction, ...CUSTOMER_KEY_SABOTAGES].map(({ rule }) => rule));
    expect(Object.keys(all).filter((name) => !tried.has(name))).toEqual([]);
  });
});
