import { beforeAll, describe, expect, it } from 'vitest';
import { referencesOf } from '../../infra/definitions.ts';
import { repositorySources } from '../../infra/sources.ts';
import { evaluateGraph } from '../../local/graph/evaluate-graph.ts';
import { readWiring } from '../../local/graph/read-wiring.ts';
import type { Wiring } from '../../local/graph/wiring.ts';
import { machines } from '../../statemachines/catalog.ts';

let wiring: Wiring;

beforeAll(async () => {
  wiring = readWiring(await evaluateGraph({ environment: 'local' }));
});

describe('the definitions of the repository', () => {
  it.each(machines.map((spec) => [spec.name, spec] as const))('call all that the catalog entry of %s names', (name, spec) => {
    const named = referencesOf(repositorySources.definition(name));
    expect(named.functions.toSorted()).toEqual(spec.functions.toSorted());
    expect(named.machines.toSorted()).toEqual(spec.machines.toSorted());
  });

  it('are wired up, with no placeholder left', () => {
    expect(wiring.machines.map(({ name }) => name)).toEqual(machines.map(({ name }) => name));
    expect(JSON.stringify(wiring.machines)).not.toMatch(/\$\{(function|machine):/);
  });
});
