import type { EndpointOutput } from '../shared/api/endpoints.ts';
import { describePlan, type PlanDescription } from '../shared/plan/describe-plan.ts';
import { parsePlan, parsePlanObject } from '../shared/plan/parse-plan.ts';
import type { Problem as PlanProblem } from '../shared/plan/problem.ts';
import { checkReferences } from '../shared/plan/references.ts';
import { NoControlPlaneError, PlanFileError } from './cli-errors.ts';
import { type PlanFile, readPlanFile } from './plan-file.ts';
import type { Problem } from './plan-problem.ts';
import { planSourceOf } from './plan-source.ts';
import type { Session } from './session.ts';

export type CheckedPlanFile =
  | { readonly valid: true; readonly digest: string; readonly description: PlanDescription }
  | { readonly valid: false; readonly problems: readonly Problem[] };

/** Has the control plane check a plan; where none runs, all but its tables is checked here, and that is said. */
export async function checkPlanFile(session: Session, file: string): Promise<CheckedPlanFile> {
  session.planFile = file;
  try {
    return await checkFile(session, file);
  } catch (error) {
    // What is wrong was seen before anything was sent.
    if (error instanceof PlanFileError) return { valid: false, problems: error.problems };
    throw error;
  }
}

async function checkFile(session: Session, file: string): Promise<CheckedPlanFile> {
  const plan = await readPlanFile(file, session.shell.cwd);
  try {
    const client = await session.client();
    return checkedBy(await client.call('validate-plan', planSourceOf(plan, client)));
  } catch (error) {
    if (!(error instanceof NoControlPlaneError) || session.whereabouts.url !== undefined) throw error;
    session.note(`No control plane runs, so tables were not checked. ${error.next ?? ''}`.trimEnd());
    return checkHere(plan);
  }
}

/** The API promises a PlanDescription of its own release without spelling it out. */
const checkedBy = (answer: EndpointOutput<'validate-plan'>): CheckedPlanFile =>
  answer.valid ? { ...answer, description: answer.description as unknown as PlanDescription } : answer;

async function checkHere({ document, baseDir }: PlanFile): Promise<CheckedPlanFile> {
  const parsed =
    'text' in document
      ? parsePlan(document.text, { format: document.format, file: document.file })
      : parsePlanObject(document.value);
  const { EmbeddedCode } = await import('../local/embedded-code.ts');
  const code = new EmbeddedCode(() => {});
  try {
    const facts = await code.facts(
      baseDir,
      parsed.references.filter(({ to }) => to !== 'table'),
    );
    const problems = [...(parsed.ok ? [] : parsed.problems), ...checkReferences(parsed.references, facts, parsed.locate)];
    if (!parsed.ok || problems.length > 0) return { valid: false, problems: problems.map(told) };
    return { valid: true, digest: parsed.digest, description: describePlan(parsed.plan, facts) };
  } finally {
    await code.close();
  }
}

const told = (problem: PlanProblem): Problem => ({ ...problem, path: [...problem.path] });
