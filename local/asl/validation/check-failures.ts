import type { Value } from '../../../shared/ports/store.ts';
import { statesErrors } from '../errors.ts';
import { isObject, type Json, type Report } from './report.ts';

const reserved = new Set(['States.ALL', ...statesErrors.map((StatesError) => new StatesError('', undefined).name)]);

const httpStatus = /^States\.Http\.StatusCode\.\d{3}$/;

export function checkRetriers(retriers: Value | undefined, location: string, report: Report): void {
  for (const [where, retrier] of entries(retriers, location, report)) {
    checkErrorEquals(retrier, where, report);
    report.expectNumber(retrier['IntervalSeconds'], `${where}/IntervalSeconds`, 0, false);
    report.expectNumber(retrier['MaxAttempts'], `${where}/MaxAttempts`, 0, false);
    report.expectNumber(retrier['BackoffRate'], `${where}/BackoffRate`, 1, false);
    report.expectNumber(retrier['MaxDelaySeconds'], `${where}/MaxDelaySeconds`, 0, false);
    const jitter = retrier['JitterStrategy'];
    if (jitter !== undefined && jitter !== 'FULL' && jitter !== 'NONE') {
      report.add(`${where}/JitterStrategy`, 'Value must be one of [FULL, NONE]');
    }
  }
}

export function checkCatchers(catchers: Value | undefined, location: string, states: Json, report: Report): void {
  for (const [where, catcher] of entries(catchers, location, report)) {
    checkErrorEquals(catcher, where, report);
    report.expectTarget(catcher['Next'], `${where}/Next`, states);
    for (const field of ['Output', 'Assign']) report.expressions(catcher[field], `${where}/${field}`);
    if (catcher['ResultPath'] !== undefined)
      report.add(where, "The field 'ResultPath' belongs to JSONPath and is not supported in JSONata");
  }
}

function entries(list: Value | undefined, location: string, report: Report): [string, Json][] {
  if (list === undefined) return [];
  if (!Array.isArray(list)) {
    report.add(location, 'Expected value of type Array');
    return [];
  }
  const found: [string, Json][] = list.map((item, index) => [`${location}[${index}]`, isObject(item) ? item : {}]);
  for (const [index, [where, item]] of found.entries()) {
    const equals = item['ErrorEquals'];
    if (!Array.isArray(equals) || !equals.includes('States.ALL')) continue;
    if (equals.length > 1) report.add(where, 'States.ALL must appear alone');
    if (index < found.length - 1) report.add(where, 'States.ALL must be the last in the list');
  }
  return found;
}

function checkErrorEquals(item: Json, location: string, report: Report): void {
  const equals = item['ErrorEquals'];
  if (!Array.isArray(equals) || equals.length === 0 || equals.some((name) => typeof name !== 'string')) {
    report.add(`${location}/ErrorEquals`, 'Expected a list of at least one error name');
    return;
  }
  for (const name of equals) {
    if (String(name).startsWith('States.') && !reserved.has(String(name)) && !httpStatus.test(String(name))) {
      report.add(`${location}/ErrorEquals`, `'${String(name)}' is no error of the Amazon States Language`);
    }
  }
}
