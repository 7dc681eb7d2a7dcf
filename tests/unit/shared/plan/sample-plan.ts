import { type ParsedPlan, parsePlan, parsePlanObject } from '../../../../shared/plan/parse-plan.ts';
import type { Plan, PlanInput } from '../../../../shared/plan/plan.ts';
import type { Problem } from '../../../../shared/plan/problem.ts';

/** A plan with one component of every kind. */
export const samplePlan: PlanInput = {
  slipway: 1,
  name: 'cities',
  target: 'production/cities',
  phases: [
    {
      name: 'copy',
      components: [
        {
          name: 'reshape',
          kind: 'batch',
          from: { table: 'cities-old' },
          to: { table: 'cities-new' },
          transform: { run: './cities.ts#reshape' },
          tolerate: '0.1%',
        },
        { name: 'index', kind: 'task', run: './tasks.ts#buildIndex', items: ['a', 'b'], input: { fast: true } },
      ],
      validate: [{ type: 'data', name: 'same', from: 'cities-old', to: 'cities-new', transform: './cities.ts#reshape' }],
    },
    {
      name: 'switch',
      after: ['copy'],
      components: [
        {
          name: 'checks',
          kind: 'validate',
          checks: [
            { type: 'function', name: 'errors', run: './checks.ts#errors', is: '<', limit: 5 },
            {
              type: 'api',
              name: 'answers',
              old: 'https://old.test',
              new: 'https://new.test',
              requests: [{ path: '/cities?q=a' }],
            },
            { type: 'performance', name: 'speed', url: 'https://new.test/', limit: '10%' },
          ],
        },
        { name: 'go', kind: 'approval', prompt: 'Switch over?', expires: '2h' },
        { name: 'rest', kind: 'wait', for: '1.5m' },
      ],
    },
  ],
};

export function planOf(input: unknown): Plan {
  const parsed = parsePlanObject(input);
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'));
  return parsed.plan;
}

export function problemsOf(parsed: ParsedPlan): readonly Problem[] {
  return parsed.ok ? [] : parsed.problems;
}

/** The problems of a plan's text as `line:column CODE`. */
export function told(text: string, file = 'plan.yaml'): string[] {
  return problemsOf(parsePlan(text, { file })).map(({ code, line, column }) => `${line}:${column} ${code}`);
}

export const HEAD = 'slipway: 1\nname: cities\ntarget: production/cities\n';

/** A plan of one component, given as lines of a flow or block mapping indented by 8. */
export function withComponent(...lines: string[]): string {
  return `${HEAD}phases:\n  - name: one\n    components:\n      - name: it\n${lines.map((line) => `        ${line}\n`).join('')}`;
}
