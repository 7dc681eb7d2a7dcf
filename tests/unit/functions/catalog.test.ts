import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { functions } from '../../../functions/catalog.ts';
import { isAsynchronous } from '../../../infra/live-functions.ts';
import { endpoints } from '../../../shared/api/endpoints.ts';
import { machines } from '../../../statemachines/catalog.ts';

describe('the catalog of functions', () => {
  it.each(functions.map(({ name }) => name))('has a module for %s', async (name) => {
    expect(existsSync(new URL(`../../../functions/${name}/index.ts`, import.meta.url))).toBe(true);
    const module = await import(`../../../functions/${name}/index.ts`);
    expect(Object.keys(module).sort()).toEqual(['create', 'handler']);
  });

  it('serves every endpoint on its route, and no other', () => {
    const routed = functions.flatMap(({ name, route }) => (route === undefined ? [] : [[name, route]]));
    expect(Object.fromEntries(routed)).toEqual(
      Object.fromEntries(Object.entries(endpoints).map(([name, { route }]) => [name, route])),
    );
  });

  it('is used: what is behind no route is called by a machine, a schedule, an event, a guardrail or a timer', () => {
    const called = new Set(machines.flatMap((machine) => machine.functions));
    const idle = functions.filter((spec) => spec.route === undefined && !isAsynchronous(spec) && !called.has(spec.name));
    expect(idle).toEqual([]);
  });
});
