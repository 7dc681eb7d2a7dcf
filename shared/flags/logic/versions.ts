import { coerce, compare, parse, type SemVer } from 'semver';
import { type Expression, isPrimitive } from './expression.ts';
import { at } from './place.ts';
import type { Operators } from './rule-compiler.ts';

type Test = (a: SemVer, b: SemVer) => boolean;

const TESTS: Readonly<Record<string, Test>> = {
  '=': (a, b) => compare(a, b) === 0,
  '!=': (a, b) => compare(a, b) !== 0,
  '<': (a, b) => compare(a, b) < 0,
  '<=': (a, b) => compare(a, b) <= 0,
  '>': (a, b) => compare(a, b) > 0,
  '>=': (a, b) => compare(a, b) >= 0,
  '^': (a, b) => a.major === b.major,
  '~': (a, b) => a.major === b.major && a.minor === b.minor,
};

/** `[version, operator, version]`; null where one of them is no version. */
export const VERSIONS: Operators = {
  sem_ver: {
    takes: [3, 3],
    compile: (args, place, compiler) => {
      const [left, name, right] = args;
      const test = typeof name === 'string' && Object.hasOwn(TESTS, name) ? TESTS[name] : undefined;
      if (!test) {
        compiler.refuse('BAD_ARGUMENTS', at(place, 1).path, `must be one of ${Object.keys(TESTS).join(', ')}.`);
        return () => null;
      }
      const a = versionOf(left, compiler.compile(left, at(place, 0)));
      const b = versionOf(right, compiler.compile(right, at(place, 2)));
      return (data) => {
        const first = a(data);
        const second = b(data);
        return first && second ? test(first, second) : null;
      };
    },
  },
};

function versionOf(logic: unknown, expression: Expression): (data: unknown) => SemVer | null {
  if (!isPrimitive(logic)) return (data) => readVersion(expression(data));
  const version = readVersion(logic);
  return () => version;
}

/** Leniently, as flagd does: a leading v goes, and 1 and 1.2 are 1.0.0 and 1.2.0. */
function readVersion(value: unknown): SemVer | null {
  const text = String(value).replace(/^[vV]/, '');
  return parse(text) ?? (/^\d+(\.\d+)?$/.test(text) ? coerce(text) : null);
}
