import { pathText } from '../../shared/plan/problem.ts';
import type { Problem } from '../plan-problem.ts';
import type { Paint } from './paint.ts';
import { oneLine } from './printable.ts';

/** A line a problem: `plan.yaml:12:7 UNKNOWN_KEY message (phases[0].name)`. */
export function problemLines(file: string, problems: readonly Problem[], paint: Paint): string[] {
  return problems.map(({ code, message, path, line, column }) => {
    const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
    const where = path.length === 0 ? '' : paint.dim(` (${pathText(path)})`);
    return `${paint.bold(oneLine(place))} ${paint.red(oneLine(code))} ${oneLine(message)}${where}`;
  });
}
