import { duration } from '../notation/quantities.ts';
import { findCycles } from './phase-order.ts';
import { elements, valueAt } from './plan-places.ts';
import { type Locate, nearest, type Path, type Problem, pathText, problem, quote } from './problem.ts';

/** All are named in the run's item, which holds 400 KB, and each is taken over by a write of its own when the run goes back. */
const MOST_COMPONENTS = 1000;

function tooManyComponents(components: readonly Path[], locate: Locate): Problem[] {
  const first = components[MOST_COMPONENTS];
  if (first === undefined) return [];
  const message = `The plan has ${components.length} components; at most ${MOST_COMPONENTS} are taken. Make several plans of it, or steps of one task.`;
  return [problem('TOO_MANY', first, message, { position: locate(first) })];
}

interface Named {
  readonly name: string;
  readonly path: Path;
}

/** What is wrong between the parts of a plan. Works on whatever could be read, so that it is told along with what the schema says. */
export function structureProblems(value: unknown, locate: Locate): Problem[] {
  const phases = elements(value, ['phases']);
  const names = phases.flatMap((path) => named(value, path));
  const components = phases.flatMap((path) => elements(value, [...path, 'components']));
  const checkLists = [
    ...phases.map((path) => elements(value, [...path, 'validate'])),
    ...components.map((path) => elements(value, [...path, 'checks'])),
  ];
  return [
    ...tooManyComponents(components, locate),
    ...duplicates('phase', names, locate),
    ...duplicates(
      'component',
      components.flatMap((path) => named(value, path)),
      locate,
    ),
    ...checkLists.flatMap((paths) =>
      duplicates(
        'check',
        paths.flatMap((path) => named(value, path)),
        locate,
      ),
    ),
    // The second would be refused: the first one's window is open still.
    ...duplicates(
      'secret',
      components.flatMap((path) => rotated(value, path)),
      locate,
    ),
    ...orderProblems(value, phases, names, locate),
    ...components.flatMap((path) => sameTable(value, path, locate)),
    ...components.flatMap((path) => lateChecks(value, path, locate)),
  ];
}

function named(value: unknown, path: Path): Named[] {
  const name = valueAt(value, [...path, 'name']);
  return typeof name === 'string' ? [{ name, path: [...path, 'name'] }] : [];
}

function rotated(value: unknown, path: Path): Named[] {
  const name = valueAt(value, [...path, 'secretId']);
  return valueAt(value, [...path, 'kind']) === 'rotate' && typeof name === 'string'
    ? [{ name, path: [...path, 'secretId'] }]
    : [];
}

function duplicates(what: string, all: readonly Named[], locate: Locate): Problem[] {
  const first = new Map<string, Path>();
  const found: Problem[] = [];
  for (const { name, path } of all) {
    const before = first.get(name);
    if (before === undefined) {
      first.set(name, path);
      continue;
    }
    const line = locate(before)?.line;
    const where = line === undefined ? pathText(before) : `line ${line}`;
    const message = `The ${what} name ${quote(name)} is taken: it stands at ${where} too. Give one of them another name.`;
    found.push(problem('DUPLICATE_NAME', path, message, { position: locate(path) }));
  }
  return found;
}

function orderProblems(value: unknown, phases: readonly Path[], names: readonly Named[], locate: Locate): Problem[] {
  const known = new Set(names.map(({ name }) => name));
  const found: Problem[] = [];
  const ordered = phases.flatMap((path) => {
    const after = elements(value, [...path, 'after']).flatMap((at) => {
      const name = valueAt(value, at);
      return typeof name === 'string' ? [{ name, path: at }] : [];
    });
    found.push(...duplicates('earlier phase', after, locate));
    for (const { name, path: at } of after) {
      if (known.has(name)) continue;
      const message = `No phase is called ${quote(name)}.`;
      found.push(problem('UNKNOWN_PHASE', at, message, { suggestion: nearest(name, known), position: locate(at) }));
    }
    return named(value, path).map(({ name }) => ({ name, after: after.map((phase) => phase.name), path }));
  });
  for (const { names: circle } of findCycles(ordered)) {
    const last = ordered.find(({ name }) => name === circle.at(-1));
    const closing = last?.after.indexOf(circle[0] ?? '') ?? -1;
    const at = [...(last?.path ?? []), 'after', closing];
    const shown = [...circle, ...circle.slice(0, 1)].join(' -> ');
    const message = `These phases wait for each other, so none can start: ${shown} (each waits for the next). Remove one of the links.`;
    found.push(problem('CYCLE', at, message, { position: locate(at) }));
  }
  return found;
}

/** Consumers are asked while the old credential can still be put back. */
function lateChecks(value: unknown, path: Path, locate: Locate): Problem[] {
  const at = [...path, 'settle'];
  const [settle, overlap] = [duration.safeParse(valueAt(value, at)), duration.safeParse(valueAt(value, [...path, 'overlap']))];
  if (valueAt(value, [...path, 'kind']) !== 'rotate' || !settle.success || !overlap.success) return [];
  if (settle.data < overlap.data || overlap.data === 0) return [];
  const message = 'Consumers are asked when the old credential is revoked already: `settle` must be shorter than `overlap`.';
  return [problem('OUT_OF_RANGE', at, message, { position: locate(at) })];
}

function sameTable(value: unknown, path: Path, locate: Locate): Problem[] {
  const from = valueAt(value, [...path, 'from', 'table']);
  const at = [...path, 'to', 'table'];
  if (typeof from !== 'string' || valueAt(value, at) !== from) return [];
  const message = `A batch reads and writes ${quote(from)}: it would read what it wrote. Write to another table.`;
  return [problem('SAME_TABLE', at, message, { position: locate(at) })];
}
