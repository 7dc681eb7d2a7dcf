import type { Limits, PersonLimits } from '../../shared/admission/limits.ts';
import type { LimitsView } from '../../shared/api/limits-endpoints.ts';
import type { Paint } from './paint.ts';
import { table } from './table.ts';

/** The limits, for a person. */
export function limitsReport({ limits, rev, underWay, waiting }: LimitsView, paint: Paint): string[] {
  const rows = [...counts(limits), ...people(limits)];
  return [
    `${underWay} under way, ${waiting} waiting; ${rev === 0 ? 'as installed' : `revision ${rev}`}`,
    '',
    ...table([['LIMIT', 'AT ONCE', 'AN HOUR', 'A DAY'].map(paint.dim), ...rows]),
  ];
}

const counts = ({ atOnce, perEnvironment, environments }: Limits): string[][] => [
  ['all', most(atOnce), '', ''],
  ['each environment', most(perEnvironment), '', ''],
  ...Object.entries(environments).flatMap(([name, { atOnce: here, semaphores = {} }]) => [
    ...(here === undefined ? [] : [[`environment ${name}`, most(here), '', '']]),
    ...Object.entries(semaphores).map(([semaphore, permits]) => [`semaphore ${name}/${semaphore}`, most(permits), '', '']),
  ]),
];

const people = ({ perPerson, roles, people: named }: Limits): string[][] => [
  personRow('each person', perPerson),
  ...Object.entries(roles).map(([role, said]) => personRow(`role ${role}`, said)),
  ...Object.entries(named).map(([person, said]) => personRow(`person ${person}`, said)),
];

const personRow = (of: string, { atOnce, perHour, perDay }: PersonLimits): string[] => [
  of,
  said(atOnce),
  said(perHour),
  said(perDay),
];

const said = (limit: number | null | undefined): string => (limit === undefined ? '' : most(limit));
const most = (limit: number | null): string => (limit === null ? 'none' : String(limit));
