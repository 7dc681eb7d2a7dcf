import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: { readonly [name: string]: string };
  readonly with?: { readonly [name: string]: unknown };
}
interface Job {
  readonly uses?: string;
  readonly 'timeout-minutes'?: number;
  readonly permissions?: { readonly [scope: string]: string };
  readonly environment?: string;
  readonly strategy?: { readonly matrix: { readonly [name: string]: readonly unknown[] } };
  readonly steps?: readonly Step[];
}
interface Workflow {
  readonly on: { readonly [event: string]: unknown };
  readonly permissions?: { readonly [scope: string]: string };
  readonly concurrency?: { readonly group: string };
  readonly jobs: { readonly [name: string]: Job };
}

const folder = fileURLToPath(new URL('.github/workflows', root));
const workflows = readdirSync(folder).map((file) => {
  const text = read(`.github/workflows/${file}`);
  return { file, text, ...(parse(text) as Workflow) };
});
const jobs = workflows.flatMap(({ file, jobs: all }) =>
  Object.entries(all).map(([name, job]) => ({ name: `${file} ${name}`, job })),
);
const steps = jobs.flatMap(({ name, job }) => (job.steps ?? []).map((step) => ({ name, step })));
const named = (file: string) => workflows.find((workflow) => workflow.file === file);

/** Who may have what beside reading the sources, and why. */
const MORE_THAN_READING: { readonly [job: string]: readonly string[] } = {
  // An identity for AWS, and a comment.
  'preview.yaml preview': ['id-token', 'pull-requests'],
  'deploy.yaml deploy': ['id-token'],
  'container.yaml image': ['packages'],
  'release.yaml container': ['packages'],
  'release.yaml release': ['contents'],
};

describe('the workflows', () => {
  it.each(workflows.map(({ file, permissions, concurrency }) => ({ file, permissions, concurrency })))(
    '$file may read the sources and no more, and runs once at a time',
    ({ permissions, concurrency }) => {
      expect(permissions).toEqual({ contents: 'read' });
      expect(concurrency?.group).toContain('${{');
    },
  );

  it('give a job more only where it is known what for', () => {
    const given = jobs.flatMap(({ name, job }) => {
      const writes = Object.entries(job.permissions ?? {}).filter(([, right]) => right === 'write');
      return writes.length === 0 ? [] : [[name, writes.map(([scope]) => scope)] as const];
    });
    expect(Object.fromEntries(given)).toEqual(MORE_THAN_READING);
  });

  it('end every job in time', () => {
    const endless = jobs.filter(({ job }) => job.uses === undefined && !((job['timeout-minutes'] ?? 361) <= 90));
    expect(endless.map(({ name }) => name)).toEqual([]);
  });

  it('hold no key of AWS and no secret but the token of the run: roles are taken by OIDC', () => {
    for (const { file, text } of workflows) {
      expect([file, text.match(/aws[-_](access|secret)|AKIA|secrets\.|PULUMI_ACCESS_TOKEN|PASSPHRASE/gi) ?? []]).toEqual([
        file,
        [],
      ]);
    }
    const credentials = steps.filter(({ step }) => step.uses?.startsWith('aws-actions/'));
    expect(credentials.map(({ name }) => name)).toEqual(['deploy.yaml deploy', 'preview.yaml preview']);
    for (const { step } of credentials) expect(step.with?.['role-to-assume']).toMatch(/^\$\{\{ vars\.AWS_\w+_ROLE_ARN \}\}$/);
  });

  it('take actions of known owners at a version, and leave no credentials in the checkout', () => {
    const used = steps.flatMap(({ step }) => (step.uses === undefined ? [] : [step.uses]));
    for (const action of used) expect(action).toMatch(/^(actions|docker|aws-actions)\/[\w-]+@v\d+$/);
    const checkouts = steps.filter(({ step }) => step.uses?.startsWith('actions/checkout@'));
    expect(checkouts.length).toBeGreaterThan(5);
    for (const { step } of checkouts) expect(step.with).toMatchObject({ 'persist-credentials': false });
  });

  it('ask for sessions as long as the guide says that the role must allow', () => {
    const credentials = steps.find(({ name, step }) => name === 'deploy.yaml deploy' && step.uses?.startsWith('aws-actions/'));
    const minutes = Number(credentials?.step.with?.['role-duration-seconds']) / 60;
    expect(minutes).toBeGreaterThanOrEqual(60);
    expect(read('docs/deploying.md')).toContain(`must be let last ${minutes} minutes`);
  });

  it('publish images under names in lower case, whatever the repository is called', () => {
    const tags = steps.flatMap(({ step }) => (step.with?.['push'] === undefined ? [] : [String(step.with['tags'])]));
    expect(tags).toHaveLength(1);
    expect(tags.join()).not.toContain('github.repository');
    expect(steps.some(({ step }) => /\{GITHUB_REPOSITORY,,\}/.test(step.run ?? ''))).toBe(true);
  });

  it('put nothing that others wrote into a script: expressions reach it through its environment', () => {
    for (const { name, step } of steps) expect([name, step.run?.includes('${{') ?? false]).toEqual([name, false]);
  });

  it('call scripts that package.json has, and the runner that is there', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: { readonly [name: string]: string } };
    const called = steps.flatMap(({ step }) =>
      [...(step.run ?? '').matchAll(/npm (?:run (?:-s )?)?([\w:-]+)/g)].map(([, script]) => script),
    );
    expect(called).toContain('release');
    expect(called.filter((script) => script !== 'ci' && script !== undefined && !(script in scripts))).toEqual([]);
    expect(steps.filter(({ step }) => step.run === '.ci/run')).toHaveLength(1);
  });

  it('deploy by environment to stacks that exist, and never two at a time to one', () => {
    const deploy = named('deploy.yaml');
    const dispatch = deploy?.on['workflow_dispatch'] as { inputs: { environment: { options: readonly string[] } } };
    for (const stack of dispatch.inputs.environment.options) expect(read(`Pulumi.${stack}.yaml`)).toContain('aws:region');
    expect(deploy?.jobs['deploy']?.environment).toMatch(/inputs\.environment \|\| 'staging'/);
    expect(deploy?.concurrency).toMatchObject({ 'cancel-in-progress': false });
  });

  it('test on every major version of Node that package.json supports and is maintained', () => {
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
    expect(engines.node).toBe('>=20.19');
    expect(named('ci.yaml')?.jobs['check']?.strategy?.matrix['node']).toEqual([20, 22, 24]);
  });

  it('run the same Pulumi everywhere', () => {
    const versions = workflows.flatMap(({ text }) => [...text.matchAll(/pulumi@([\w.]+)/g)].map(([, version]) => version));
    expect(versions).toHaveLength(2);
    expect(new Set(versions).size).toBe(1);
  });
});
