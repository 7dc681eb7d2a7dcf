import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type ControlPlane, startControlPlane } from '../../local/control-plane.ts';

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }[];
}
interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string; readonly annotations: Notes }[];
  }[];
}
interface Notes {
  readonly summary: string;
  readonly runbook: string;
}

let folder: string;
let plane: ControlPlane;
/** Names as the server tells their types; of a histogram the three series that it has. */
let served: Set<string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-monitoring-'));
  plane = await startControlPlane({ dataDir: folder, port: 0, metricsPort: 0, log: () => undefined });
  const text = await (await fetch(plane.metricsUrl ?? '')).text();
  const types = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)];
  served = new Set(
    types.flatMap(([, name = '', type]) => (type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name])),
  );
});

afterAll(async () => {
  await plane.close();
  await rm(folder, { recursive: true, force: true });
});

const metricsIn = (expression: string): readonly string[] => expression.match(/\b(slipway|nodejs|process)_\w+/g) ?? [];
const unserved = (expressions: readonly string[]) => expressions.flatMap(metricsIn).filter((name) => !served.has(name));
const rules = async () => (parse(await read('container/prometheus/alerts.yaml')) as Rules).groups.flatMap((group) => group.rules);

describe('what watches the embedded control plane', () => {
  it('draws metrics that it serves', async () => {
    const { panels } = JSON.parse(await read('container/grafana/dashboards/slipway.json')) as Dashboard;
    const drawn = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    expect(drawn.length).toBeGreaterThan(20);
    expect(unserved(drawn)).toEqual([]);
    expect(drawn.filter((expression) => metricsIn(expression).length === 0)).toEqual([]);
  });

  it('alerts on metrics that it serves', async () => {
    expect(unserved((await rules()).map(({ expr }) => expr))).toEqual([]);
  });

  it('points every alert at a section that exists', async () => {
    for (const { alert, annotations } of await rules()) {
      const [path = '', anchor] = annotations.runbook.split('#');
      const headings = [...(await read(path)).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
      const anchors = headings.map((heading) =>
        heading
          .toLowerCase()
          .replaceAll(/[^\w\s-]/g, '')
          .replaceAll(' ', '-'),
      );
      if (anchor !== undefined) expect([alert, anchors]).toEqual([alert, expect.arrayContaining([anchor])]);
    }
  });
});
