import { findCycles, type Ordered } from './phase-order.ts';
import { elements, valueAt } from './plan-places.ts';
import { type Locate, nearest, type Path, type Problem, problem, quote } from './problem.ts';

interface Part {
  readonly name: string;
  readonly path: Path;
  readonly rollout: boolean;
  /** Names, where they stand. */
  readonly requires: readonly { readonly name: string; readonly path: Path }[];
}

/** What rollouts require of each other and can never get: they would be held for ever. */
export function requirementProblems(value: unknown, locate: Locate): Problem[] {
  const phases = elements(value, ['phases']).map((path) => ({
    name: valueAt(value, [...path, 'name']),
    after: elements(value, [...path, 'after']).map((at) => valueAt(value, at)),
    parts: elements(value, [...path, 'components']).flatMap((at) => part(value, at)),
  }));
  const parts = phases.flatMap((phase) => phase.parts);
  const unknown = unknownRollouts(parts, locate);
  return unknown.length > 0 ? unknown : circles(phases, parts, locate);
}

function part(value: unknown, path: Path): Part[] {
  const name = valueAt(value, [...path, 'name']);
  if (typeof name !== 'string') return [];
  const requires = elements(value, [...path, 'requires']).flatMap((at) => {
    const required = valueAt(value, [...at, 'component']);
    return typeof required === 'string' ? [{ name: required, path: [...at, 'component'] }] : [];
  });
  return [{ name, path, rollout: valueAt(value, [...path, 'kind']) === 'rollout', requires }];
}

function unknownRollouts(parts: readonly Part[], locate: Locate): Problem[] {
  const rollouts = new Set(parts.filter(({ rollout }) => rollout).map(({ name }) => name));
  return parts.flatMap(({ requires }) =>
    requires.flatMap(({ name, path }) => {
      if (rollouts.has(name)) return [];
      const about = { suggestion: nearest(name, rollouts), position: locate(path) };
      return [problem('UNKNOWN_ROLLOUT', path, `No rollout of this plan is called ${quote(name)}.`, about)];
    }),
  );
}

/** Who waits for whom: a component for its phase and for what it requires, a phase for all components of the phases before it. */
function circles(
  phases: readonly { readonly name: unknown; readonly after: readonly unknown[]; readonly parts: readonly Part[] }[],
  parts: readonly Part[],
  locate: Locate,
): Problem[] {
  const waits: Ordered[] = phases.flatMap(({ name, after, parts: own }) => [
    ...own.map((component) => ({
      name: `component ${component.name}`,
      after: [...component.requires.map((required) => `component ${required.name}`), `phase ${name}`],
    })),
    {
      name: `phase ${name}`,
      after: phases
        .filter((phase) => after.includes(phase.name))
        .flatMap((phase) => phase.parts.map((one) => `component ${one.name}`)),
    },
  ]);
  return findCycles(waits).flatMap(({ names }) => {
    const first = parts.find(({ name, requires }) => requires.some((required) => follows(names, name, required.name)));
    if (!first) return [];
    const message = `These wait for each other, so none can start: ${[...names, names[0]].join(' -> ')} (each waits for the next).`;
    const path = [...first.path, 'requires'];
    return [problem('CYCLE', path, message, { position: locate(path) })];
  });
}

const follows = (circle: readonly string[], one: string, next: string): boolean => {
  const at = circle.indexOf(`component ${one}`);
  return at >= 0 && circle[(at + 1) % circle.length] === `component ${next}`;
};
