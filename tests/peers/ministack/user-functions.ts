import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { CreateFunctionCommand } from '@aws-sdk/client-lambda';
import { bundle } from '../../../infra/bundle.ts';
import { lambdaTrust } from '../../../infra/policies/trust-policy.ts';
import { TASKS } from '../../scenarios/user-tasks.ts';
import type { Clients } from './clients.ts';
import { zipped } from './code.ts';

/** What the stack allows plans to call, and what every user function here is called. */
export const USER_FUNCTIONS = 'scenario-';

/** Exports of the scenarios' user code, and of the cities example. */
const EXPORTS = {
  step: 'tasks',
  reader: 'tasks',
  sticky: 'tasks',
  answer: 'tasks',
  reshape: 'tasks',
  toPlace: 'cities',
} as const;

export const functionOf = (name: string): string =>
  `${USER_FUNCTIONS}${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

const fromRoot = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** Deploys the user code of the scenarios as a user would: a function for each task, behind `taskHandler`. */
export async function deployUserFunctions({ iam, lambda }: Clients, folder: string): Promise<void> {
  const sources = join(folder, 'user');
  await mkdir(sources, { recursive: true });
  await writeFile(join(sources, 'tasks.ts'), TASKS);
  const trust = JSON.stringify(lambdaTrust('000000000000'));
  const role = await iam.send(new CreateRoleCommand({ RoleName: `${USER_FUNCTIONS}task`, AssumeRolePolicyDocument: trust }));
  for (const [name, file] of Object.entries(EXPORTS)) {
    const module = file === 'tasks' ? './tasks.ts' : fromRoot('examples/cities/transform.ts');
    const entry = join(sources, `${name}.ts`);
    await writeFile(
      entry,
      `import { taskHandler } from '${fromRoot('adapters/aws/task-handler.ts')}';\n` +
        `import { ${name} } from '${module}';\nexport const handler = taskHandler(${name});\n`,
    );
    await bundle(entry, join(sources, name, 'index.mjs'));
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: functionOf(name),
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Timeout: 10,
        Role: role.Role?.Arn,
        Environment: { Variables: { SCENARIO_FOLDER: pathToFileURL(join(folder, 'plan/')).href } },
        Code: { ZipFile: await zipped(join(sources, name)) },
      }),
    );
  }
}
