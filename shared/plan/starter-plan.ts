/** A file that `slipway init` writes. */
export interface StarterFile {
  readonly path: string;
  readonly text: string;
}

/** A first plan that runs as it is: `name` and `environment` become its target, `environment/name`. */
export function starterPlan({ name, environment }: { readonly name: string; readonly environment: string }): StarterFile[] {
  return [
    { path: 'plan.yaml', text: PLAN.replaceAll('{{name}}', name).replaceAll('{{environment}}', environment) },
    { path: 'tasks.ts', text: TASKS },
  ];
}

const PLAN = `# What a run of this plan does:   slipway plan plan.yaml
# Run it and watch:               slipway start plan.yaml --watch
# Take it back:                   slipway rollback RUN -m "why"
slipway: 1
name: {{name}}
description: Puts up one notice for each team, waits, and can take them all down again.
target: {{environment}}/{{name}}

phases:
  - name: publish
    components:
      - name: notices
        kind: task
        run: ./tasks.ts#notice
        input: { message: Maintenance begins at noon. }
        items: [search, checkout, accounts]
        timeout: 10s

  - name: settle
    after: [publish]
    components:
      - name: let-it-settle
        kind: wait
        for: 2s
`;

const TASKS = `import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';

/** What Slipway gives to each step; the fields that this task uses. */
interface Step {
  readonly runId: string;
  /** The element of the plan's \`items\` for this step. */
  readonly item: string;
  readonly input: { readonly message: string };
}

const folder = new URL('./notices/', import.meta.url);
const file = ({ item }: Step) => new URL(\`\${encodeURIComponent(item)}.txt\`, folder);
const text = ({ item, input, runId }: Step) => \`\${item}: \${input.message} (run \${runId})\\n\`;

async function read(step: Step): Promise<string | undefined> {
  return readFile(file(step), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/** Puts up one notice, as a file in ./notices. */
export const notice = {
  // After a crash in the middle, forward may simply be called again.
  effect: 'idempotent',

  async forward(step: Step) {
    const found = await read(step);
    if (found !== undefined && found !== text(step)) throw new Error(\`\${step.item} already has a notice of somebody else\`);
    await mkdir(folder, { recursive: true });
    await writeFile(file(step), text(step));
    return { length: text(step).length };
  },

  async verify(step: Step) {
    if ((await read(step)) !== text(step)) throw new Error(\`the notice of \${step.item} is not there\`);
    return null;
  },

  // May be called twice, or when forward did nothing: takes down its own notice only.
  async undo(step: Step) {
    if ((await read(step)) === text(step)) await rm(file(step), { force: true });
    return null;
  },
};
`;
