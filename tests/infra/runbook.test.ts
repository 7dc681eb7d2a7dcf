import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { functions } from '../../functions/catalog.ts';
import { ROTATOR_TIMEOUT_S } from '../../functions/rotators.ts';
import { isBehindApi } from '../../infra/live-functions.ts';
import { evaluateGraph } from '../../local/graph/evaluate-graph.ts';
import { recordProgram } from '../../local/graph/recording-monitor.ts';
import type { ResourceGraph } from '../../local/graph/resource-graph.ts';
import { endpoints } from '../../shared/api/endpoints.ts';
import { parsePlan } from '../../shared/plan/parse-plan.ts';
import { machines } from '../../statemachines/catalog.ts';
import rotated from './fixtures/rotated/index.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const runbook = read('docs/runbook.md');
const deploying = read('docs/deploying.md');

const RUN = '01m80d2mq4smxb395795pekdyw';

let graph: ResourceGraph;
let beside: ResourceGraph;

beforeAll(async () => {
  beside = await recordProgram('anything', {}, rotated);
  graph = await evaluateGraph({ environment: 'production', config: { alarmEmail: 'on-call@example.com', customerKey: true } });
});

const inputsOf = (type: string) => graph.resources.filter((resource) => resource.type === type).map(({ inputs }) => inputs);

/** Of every alarm, those of rotated secrets among them, what follows `slipway-production-`. */
const alarms = () =>
  [
    ...inputsOf('aws:cloudwatch/metricAlarm:MetricAlarm').map((alarm) => alarm['name']),
    ...inputsOf('aws:cloudwatch/compositeAlarm:CompositeAlarm').map((alarm) => alarm['alarmName']),
    ...beside.resources.filter(({ urn }) => urn.includes('RotationAlarms$')).map(({ inputs }) => inputs['name']),
  ].map((name) => String(name).replace(/^slipway-production-/, ''));

/** The headings below `## Alarms`; NAME stands for that of a function or a machine. */
const sections = () => {
  const [, below = ''] = /^## Alarms$([\s\S]*?)^## /m.exec(runbook) ?? [];
  return [...below.matchAll(/^### (.+)$/gm)].map(([, heading = '']) => heading);
};
const fits = (alarm: string, section: string) => new RegExp(`^${section.replace('NAME', '[a-z-]+')}$`).test(alarm);

describe('the runbook', () => {
  it('has one section for every alarm', () => {
    expect(alarms().length).toBeGreaterThan(30);
    const sectionsOf = alarms().map((alarm) => [alarm, sections().filter((section) => fits(alarm, section)).length]);
    expect(sectionsOf.filter(([, count]) => count !== 1)).toEqual([]);
  });

  it('has no section for an alarm that there is not', () => {
    expect(sections().filter((section) => !alarms().some((alarm) => fits(alarm, section)))).toEqual([]);
  });

  it('asks the API for what there is', () => {
    const rows = [...runbook.matchAll(/\| `api (GET|POST|PUT) (\/\S+?)(?: '(\{.*\})')?` \|/g)];
    expect(rows.length).toBeGreaterThan(7);
    for (const [, method, path = '', body = '{}'] of rows) {
      const route = `${method} ${path.replace('/ID', '/{runId}').replace('/COMPONENT', '/{component}')}`;
      const endpoint = Object.values(endpoints).find((one) => one.route === route);
      const named = {
        ...(path.includes('/ID') ? { runId: RUN } : {}),
        ...(path.includes('/COMPONENT') ? { component: 'one' } : {}),
      };
      const input = { ...JSON.parse(body.replace('COMPONENT/0', 'one/0')), ...named };
      expect([route, endpoint?.input.safeParse(input).error?.issues]).toEqual([route, undefined]);
      expect([route, endpoint?.route]).toEqual([route, route]);
    }
  });

  it('says of each alarm what it means and what to do', () => {
    const [, below = ''] = /^## Alarms$([\s\S]*?)^## /m.exec(runbook) ?? [];
    for (const part of below.split(/^### /m).slice(1))
      expect(part).toMatch(/\*\*Means:\*\*[\s\S]*\*\*(Look at|Look at and do):\*\*/);
  });
});

const MINUTES: { readonly [unit: string]: number } = { minute: 1, hour: 60, day: 1_440 };

/** In a month of 30 days, by the schedules of the catalog. */
const scheduledCalls = () =>
  functions.reduce((calls, { schedule }) => {
    const [, count = '', unit = ''] = /^rate\((\d+) (\w+?)s?\)$/.exec(schedule ?? '') ?? [];
    return schedule === undefined ? calls : calls + (30 * 1_440) / (Number(count) * (MINUTES[unit] ?? Number.NaN));
  }, 0);

describe('the guide to deploying', () => {
  it('explains every setting, and no other', () => {
    const settings = read('infra/settings.ts');
    const shape = /\.strictObject\(\{\n {4}environment[\s\S]*?\n {2}\}\)/.exec(settings)?.[0] ?? '';
    const known = [...shape.matchAll(/^ {4}(\w+):/gm)].map(([, name]) => name);
    const explained = [...deploying.matchAll(/^\| `slipway:(\w+)`/gm)].map(([, name]) => name);
    expect(known).toContain('alarmEmail');
    expect(explained.toSorted()).toEqual(known.toSorted());
  });

  it('begins with a plan that can be started', () => {
    const [, plan = ''] = /```yaml\n([\s\S]*?)```/.exec(deploying) ?? [];
    const parsed = parsePlan(plan);
    expect(parsed.ok ? parsed.plan.target : parsed.problems).toBe('development/first');
  });

  it('waits for a restore as long as a function may live', () => {
    const [, minutes] = /wait (\d+) minutes: no function lives longer/.exec(deploying) ?? [];
    const longest = Math.max(ROTATOR_TIMEOUT_S, ...functions.map(({ timeoutSeconds }) => timeoutSeconds));
    expect(Number(minutes) * 60).toBeGreaterThanOrEqual(longest);
  });

  it('counts an idle month below 10 USD from what the program makes', () => {
    const price = (name: string) => {
      const [, value] = new RegExp(`^\\| ${name} \\| ([\\d.]+) `, 'm').exec(deploying) ?? [];
      if (value === undefined) throw new Error(`docs/deploying.md has no price for: ${name}`);
      return Number(value);
    };
    const month =
      inputsOf('aws:cloudwatch/metricAlarm:MetricAlarm').length * price('an alarm on a metric') +
      inputsOf('aws:cloudwatch/compositeAlarm:CompositeAlarm').length * price('a composite alarm') +
      inputsOf('aws:cloudwatch/dashboard:Dashboard').length * price('a dashboard') +
      inputsOf('aws:secretsmanager/secret:Secret').length * price('a secret') +
      price('a custom metric') +
      (scheduledCalls() / 10_000) * price('10,000 calls by schedules');
    expect(month).toBeLessThan(10);
    const alarms = inputsOf('aws:cloudwatch/metricAlarm:MetricAlarm').length;
    const called = functions.filter((spec) => !isBehindApi(spec)).length;
    expect(deploying).toContain(`${alarms} with ${called} of ${functions.length} functions and ${machines.length} machines`);
    expect(deploying).toContain(`**${month.toFixed(2)} USD**, and ${price('a key of your own').toFixed(2)} more with a key`);
  });
});

describe('the guide to troubleshooting', () => {
  it('names no code of an error that there is not', () => {
    const folders = ['adapters', 'cli', 'functions', 'infra', 'local', 'shared'];
    const sources = folders.flatMap((folder) =>
      readdirSync(new URL(`../../${folder}`, import.meta.url), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => read(`${folder}/${file}`)),
    );
    const known = new Set(sources.flatMap((text) => [...text.matchAll(/'([A-Z]+(?:_[A-Z]+)*)'/g)].map(([, code]) => code)));
    const named = [...read('docs/troubleshooting.md').matchAll(/`([A-Z]+(?:_[A-Z]+)*)`/g)].map(([, code]) => code);
    const variables = ['SLIPWAY_PLANS'];
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((code) => !known.has(code) && !variables.includes(code ?? ''))).toEqual([]);
  });

  it('links from page to page where there is something', () => {
    const pages = ['docs/runbook.md', 'docs/deploying.md', 'docs/troubleshooting.md', 'docs/metrics.md'];
    const links = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https:)([^)#]*)(?:#([\w-]+))?\)/g)].map(([, path = '', anchor]) => ({
        page,
        to: path === '' ? page : new URL(path, `file:///${page}`).pathname.slice(1),
        anchor,
      })),
    );
    const anchorsOf = (page: string) =>
      [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
        heading
          .toLowerCase()
          .replaceAll(/[^\w\s-]/g, '')
          .replaceAll(' ', '-'),
      );
    const broken = links.filter(
      ({ to, anchor }) =>
        !existsSync(new URL(`../../${to}`, import.meta.url)) || (anchor !== undefined && !anchorsOf(to).includes(anchor)),
    );
    expect(links.length).toBeGreaterThan(15);
    expect(broken).toEqual([]);
  });
});
