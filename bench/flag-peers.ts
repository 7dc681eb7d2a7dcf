import { EventEmitter } from 'node:events';
import { GrowthBookClient } from '@growthbook/growthbook';
import { init, type LDContext } from '@launchdarkly/node-server-sdk';
import { TestData } from '@launchdarkly/node-server-sdk/integrations';
import { FlagdCore } from '@openfeature/flagd-core';
import { type Context, Unleash, type UnleashConfig } from 'unleash-client';
import { readFlags } from '../shared/flags/read-flags.ts';
import type { FlagContext } from '../shared/flags/resolution.ts';

/** The rules that are compared: on for all; for a plan in some countries; for 25 % of keys; for 25 % of the keys that the rule meets. */
export const RULES = ['static', 'targeting', 'fractional', 'targeting-and-fractional'] as const;
export type Rule = (typeof RULES)[number];

export const COUNTRIES = ['DE', 'AT', 'CH'];
const PLAN = 'pro';
const PERCENT = 25;

export interface Person {
  readonly key: string;
  readonly plan: string;
  readonly country: string;
}

/** One evaluator at the level at which applications call it: a flag's key, a default, a context made beforehand. */
export interface Evaluator {
  readonly name: string;
  /** The context as this evaluator wants it. */
  context(person: Person): unknown;
  /** How many of the contexts are on. Each evaluator has a loop of its own, so that none is slowed by the others' types. */
  count(rule: Rule, contexts: readonly unknown[]): number | Promise<number>;
  close(): void;
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const flat = ({ key, plan, country }: Person): FlagContext => ({ targetingKey: key, plan, country });

export function slipway(): Evaluator {
  const read = readFlags(flagdDocument(), { now: () => 0 });
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('\n'));
  const { flags } = read;
  return {
    name: 'slipway',
    context: flat,
    count(rule, contexts) {
      let on = 0;
      for (const context of contexts as readonly FlagContext[]) if (flags.boolean(rule, false, context).value) on += 1;
      return on;
    },
    close() {},
  };
}

export function flagd(): Evaluator {
  const core = new FlagdCore(undefined, silent);
  core.setConfigurations(JSON.stringify(flagdDocument()));
  return {
    name: '@openfeature/flagd-core',
    context: flat,
    count(rule, contexts) {
      let on = 0;
      for (const context of contexts as readonly Record<string, string>[]) {
        if (core.resolveBooleanEvaluation(rule, false, context).value) on += 1;
      }
      return on;
    },
    close() {},
  };
}

export function unleash(): Evaluator {
  const toggles = new Map(RULES.map((rule) => [rule as string, toggle(rule)]));
  const repository = Object.assign(new EventEmitter(), {
    getToggle: (name: string) => toggles.get(name),
    getToggles: () => [...toggles.values()],
    getTogglesWithSegmentData: () => [],
    getSegment: () => undefined,
    stop() {},
    start: async () => {},
  });
  const config = { url: 'http://localhost/', appName: 'bench', disableMetrics: true, disableAutoStart: true, repository };
  const client = new Unleash(config as unknown as UnleashConfig);
  repository.emit('ready');
  return {
    name: 'unleash-client',
    context: ({ key, plan, country }) => ({ userId: key, properties: { plan, country } }),
    count(rule, contexts) {
      let on = 0;
      for (const context of contexts as readonly Context[]) if (client.isEnabled(rule, context, false)) on += 1;
      return on;
    },
    close: () => client.destroy(),
  };
}

function toggle(name: Rule) {
  const among = (contextName: string, values: readonly string[]) => ({ contextName, operator: 'IN', values, inverted: false });
  const constraints = name.startsWith('targeting') ? [among('plan', [PLAN]), among('country', COUNTRIES)] : [];
  const split = name.endsWith('fractional');
  const parameters = split ? { rollout: `${PERCENT}`, stickiness: 'userId', groupId: name } : {};
  const strategy = { name: split ? 'flexibleRollout' : 'default', parameters, constraints };
  return { name, enabled: true, type: 'release', project: 'default', variants: [], strategies: [strategy] };
}

export function growthbook(): Evaluator {
  const condition = { plan: PLAN, country: { $in: COUNTRIES } };
  const split = { coverage: PERCENT / 100, hashAttribute: 'id' };
  const features = {
    static: { defaultValue: true },
    targeting: { defaultValue: false, rules: [{ condition, force: true }] },
    fractional: { defaultValue: false, rules: [{ force: true, ...split }] },
    'targeting-and-fractional': { defaultValue: false, rules: [{ condition, force: true, ...split }] },
  };
  const client = new GrowthBookClient().initSync({ payload: { features } });
  return {
    name: '@growthbook/growthbook',
    context: ({ key, plan, country }) => ({ attributes: { id: key, plan, country } }),
    count(rule, contexts) {
      let on = 0;
      for (const context of contexts as readonly { attributes: object }[]) {
        if (client.getFeatureValue(rule, false, context)) on += 1;
      }
      return on;
    },
    close: () => client.destroy(),
  };
}

/** Its variation is asynchronous even where everything is in memory: that is the level at which it is called. */
export async function launchDarkly(): Promise<Evaluator> {
  const data = new TestData();
  for (const rule of RULES) await data.usePreconfiguredFlag(launchDarklyFlag(rule));
  const client = init('sdk-key', {
    updateProcessor: data.getFactory(),
    sendEvents: false,
    logger: silent,
    diagnosticOptOut: true,
  });
  await client.waitForInitialization({ timeout: 10 });
  return {
    name: 'LaunchDarkly server SDK',
    context: ({ key, plan, country }) => ({ kind: 'user', key, plan, country }),
    async count(rule, contexts) {
      let on = 0;
      for (const context of contexts as readonly LDContext[]) if (await client.boolVariation(rule, context, false)) on += 1;
      return on;
    },
    close: () => client.close(),
  };
}

function launchDarklyFlag(key: Rule) {
  const [on, off] = [0, 1];
  const among = (attribute: string, values: readonly string[]) => ({
    contextKind: 'user',
    attribute,
    op: 'in',
    values,
    negate: false,
  });
  const variations = [
    { variation: on, weight: PERCENT * 1000 },
    { variation: off, weight: (100 - PERCENT) * 1000 },
  ];
  const served = key.endsWith('fractional') ? { rollout: { contextKind: 'user', variations } } : { variation: on };
  const targeted = key.startsWith('targeting');
  const clauses = [among('plan', [PLAN]), among('country', COUNTRIES)];
  return {
    key,
    version: 1,
    on: true,
    salt: 'salt',
    variations: [true, false],
    offVariation: off,
    targets: [],
    prerequisites: [],
    rules: targeted ? [{ id: 'rule', clauses, ...served }] : [],
    fallthrough: targeted ? { variation: off } : served,
  };
}

function flagdDocument() {
  const meets = { and: [{ '==': [{ var: 'plan' }, PLAN] }, { in: [{ var: 'country' }, COUNTRIES] }] };
  const split = {
    fractional: [
      ['on', PERCENT],
      ['off', 100 - PERCENT],
    ],
  };
  const base = { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off' };
  return {
    flags: {
      static: { ...base, defaultVariant: 'on' },
      targeting: { ...base, targeting: { if: [meets, 'on', 'off'] } },
      fractional: { ...base, targeting: split },
      'targeting-and-fractional': { ...base, targeting: { if: [meets, split, 'off'] } },
    },
  };
}
