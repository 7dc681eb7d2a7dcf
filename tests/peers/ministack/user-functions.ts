import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { asset } from '@pulumi/pulumi';
import { bundle } from '../../../infra/bundle.ts';
import { RotatedSecret, Task } from '../../../infra/pulumi.ts';
import { repositorySources } from '../../../infra/sources.ts';
import { TASKS } from '../../scenarios/user-tasks.ts';

/** Exports of the scenarios' user code, and of examples; a Task is called as its export. */
const EXPORTS = {
  step: 'tasks',
  reader: 'tasks',
  sticky: 'tasks',
  answer: 'tasks',
  reshape: 'tasks',
  numbered: 'tasks',
  toPlace: 'examples/cities/transform.ts',
  apiKey: 'examples/api-keys/rotate-key.ts',
} as const;

/** More would outlive the deadline of a step of ten seconds. */
const TIMEOUT_SECONDS = 10;

const fromRoot = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** Bundles each export of the user code as a user would: behind `taskHandler`. Tells the folder of each bundle. */
export async function bundleUserCode(folder: string): Promise<ReadonlyMap<string, string>> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'tasks.ts'), TASKS);
  const bundled = Object.entries(EXPORTS).map(async ([name, file]) => {
    const module = file === 'tasks' ? './tasks.ts' : fromRoot(file);
    const entry = join(folder, `${name}.ts`);
    await writeFile(
      entry,
      `import { taskHandler } from '${fromRoot('adapters/aws/task-handler.ts')}';\n` +
        `import { ${name} } from '${module}';\nexport const handler = taskHandler(${name});\n`,
    );
    await bundle(entry, join(folder, name));
    return [name, join(folder, name)] as const;
  });
  return new Map(await Promise.all(bundled));
}

/** Declares the bundles as Tasks, in a Pulumi program. Where they keep their ledger they find in their environment. */
export function declareTasks(environment: string, bundles: ReadonlyMap<string, string>, ledgerFolder: string): void {
  for (const [name, folder] of bundles) {
    new Task(name, {
      environment,
      code: new asset.FileArchive(folder),
      timeoutSeconds: TIMEOUT_SECONDS,
      variables: { SCENARIO_FOLDER: pathToFileURL(`${ledgerFolder}/`).href },
    });
  }
}

/** A secret of the service of examples/api-keys, whose keys the Task `apiKey` knows. */
export function declareSecret(environment: string): void {
  const { code } = repositorySources;
  new RotatedSecret('key', { environment, system: 'two-keys', task: `slipway-${environment}-task-apiKey`, code });
}
