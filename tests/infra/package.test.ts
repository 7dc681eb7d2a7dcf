import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functions } from '../../functions/catalog.ts';
import { buildPackage } from '../../package/build-package.ts';
import type { Manifest } from '../../package/manifest.ts';
import { machines } from '../../statemachines/catalog.ts';

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));
const run = promisify(execFile);
let folder: string;
let app: string;
let manifest: Manifest;

/** What npm would put there: the package, and nothing but what it declares. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-package-'));
  app = join(folder, 'app');
  const [built, installed] = [join(folder, 'built'), join(app, 'node_modules/slipway')];
  await buildPackage(built);
  const { stdout } = await run('npm', ['pack', built, '--pack-destination', folder, '--json']);
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  await mkdir(installed, { recursive: true });
  await run('tar', ['-xzf', join(folder, filename), '-C', installed, '--strip-components', '1']);
  manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
  for (const name of [...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }), '@types/node']) {
    await mkdir(dirname(join(app, 'node_modules', name)), { recursive: true });
    await symlink(join(modules, name), join(app, 'node_modules', name));
  }
}, 120_000);

afterAll(() => rm(folder, { recursive: true }));

/** Runs a program of somebody else's. */
async function play(file: string, text: string): Promise<unknown> {
  await writeFile(join(app, file), text);
  const { stdout } = await run(process.execPath, [file], { cwd: app, env: { PATH: process.env['PATH'] } });
  return JSON.parse(stdout);
}

const FLAGS = `{ flags: { search: { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off',
  targeting: { if: [{ ends_with: [{ var: 'email' }, '@example.org'] }, 'on', 'off'] } } } }`;

const BODY = `
  const flags = ${FLAGS};
  await OpenFeature.setProviderAndWait(new SlipwayProvider({ flags }));
  const client = OpenFeature.getClient();
  const isOn = await client.getBooleanValue('search', false, { targetingKey: 'ann', email: 'ann@example.org' });
  const cities = migrate({ flag: 'no-such-flag', read: { old: async (id) => 'old ' + id, new: async (id) => 'new ' + id } });
  const city = await cities.read('paris', { targetingKey: 'paris' });
  const secret = 'whsec_' + Buffer.alloc(24, 7).toString('base64');
  const message = { id: 'msg_1', timestamp: Math.floor(Date.now() / 1000), body: '{"a":1}' };
  const body = await verify([secret], sign([secret], message), message.body);
  const forged = await verify([secret], sign([secret], message), '{"a":2}').catch(({ code }) => code);
  const handler = taskHandler(defineTask({ effect: 'idempotent', forward: ({ item }) => item + 1 }));
  const input = { runId: 'r', component: 'c', step: 0, item: 1, input: null, outputs: {}, idempotencyKey: 'k', fence: 1, output: null };
  const request = { method: 'forward', input, deadline: Date.now() + 20000 };
  const task = await handler(request, { getRemainingTimeInMillis: () => 10000 });
  const credentials = async () => ({ accessKeyId: 'a', secretAccessKey: 'b' });
  const fetch = async (url, { headers }) => headers.authorization.split(' ')[0];
  const signed = await signedFetch({ region: 'eu-central-1', credentials, fetch })('https://example.org/v1/flags');
  const pulumi = [ControlPlane, RotatedSecret, Task].map(({ name }) => name);
  console.log(JSON.stringify({ isOn, city, body, forged, task, signed, pulumi }));
  await OpenFeature.close();`;

const SAID = {
  isOn: true,
  city: 'old paris',
  body: '{"a":1}',
  forged: 'WEBHOOK_SIGNATURE',
  task: { output: 2 },
  signed: 'AWS4-HMAC-SHA256',
  pulumi: ['ControlPlane', 'RotatedSecret', 'Task'],
};

describe('the package', { timeout: 120_000 }, () => {
  it('serves a program in plain JavaScript, as ES modules', async () => {
    const text = `
      import { OpenFeature } from '@openfeature/server-sdk';
      import { defineTask, taskHandler } from 'slipway';
      import { signedFetch } from 'slipway/aws';
      import { migrate, SlipwayProvider } from 'slipway/openfeature';
      import { ControlPlane, RotatedSecret, Task } from 'slipway/pulumi';
      import { sign, verify } from 'slipway/webhooks';
      ${BODY}`;
    expect(await play('app.mjs', text)).toEqual(SAID);
  });

  it('serves one in CommonJS', async () => {
    const text = `
      const { OpenFeature } = require('@openfeature/server-sdk');
      const { defineTask, taskHandler } = require('slipway');
      const { signedFetch } = require('slipway/aws');
      const { migrate, SlipwayProvider } = require('slipway/openfeature');
      const { ControlPlane, RotatedSecret, Task } = require('slipway/pulumi');
      const { sign, verify } = require('slipway/webhooks');
      (async () => {${BODY}})();`;
    expect(await play('app.cjs', text)).toEqual(SAID);
  });

  it('makes a control plane in a Pulumi program, from bundles that are elsewhere', async () => {
    const text = `
      import { asset, runtime } from '@pulumi/pulumi';
      import { ControlPlane } from 'slipway/pulumi';
      const made = {};
      await runtime.setMocks({
        newResource: ({ type, name, inputs }) => {
          made[type] = (made[type] ?? 0) + 1;
          return { id: name, state: { ...inputs, arn: 'arn:aws:x:eu-central-1:000000000000:' + name } };
        },
        call: () => ({ accountId: '000000000000', partition: 'aws', region: 'eu-central-1' }),
      });
      const code = (name) => new asset.FileArchive('./functions/' + name);
      new ControlPlane('slipway', { environment: 'staging', code });
      await runtime.disconnect();
      console.log(JSON.stringify(made));`;
    expect(await play('plane.mjs', text)).toMatchObject({
      'aws:lambda/function:Function': functions.length,
      'aws:sfn/stateMachine:StateMachine': machines.length,
    });
  });

  it('says how to get bundles of functions, which it does not hold', async () => {
    const text = `
      import { packagedSources } from './node_modules/slipway/infra/sources.js';
      const said = (() => { try { return packagedSources.code('start-run'); } catch ({ message }) { return message; } })();
      console.log(JSON.stringify(said));`;
    expect(await play('sources.mjs', text)).toContain('slipway-functions.tar.gz');
  });

  it('tells a compiler what it takes and gives', async () => {
    await writeFile(
      join(app, 'typed.mts'),
      `import { OpenFeature } from '@openfeature/server-sdk';
      import { defineTask, definePlan, taskHandler } from 'slipway';
      import { signedFetch } from 'slipway/aws';
      import { migrate, SlipwayProvider } from 'slipway/openfeature';
      import { ControlPlane, Task } from 'slipway/pulumi';
      import { sign, verify, type VerifyOptions } from 'slipway/webhooks';

      OpenFeature.setProvider(new SlipwayProvider({ url: 'http://127.0.0.1:4400', token: 't', environment: 'production' }));
      const signed = signedFetch({ region: 'eu-central-1' });
      OpenFeature.setProvider(new SlipwayProvider({ url: 'https://example.org', environment: 'production', fetch: signed }));
      // @ts-expect-error: there is no environment
      new SlipwayProvider({ url: 'http://127.0.0.1:4400', token: 't' });
      const cities = migrate({ flag: 'f', read: { old: async (id: string) => id.length, new: async (id: string) => id.length } });
      export const length: number = await cities.read('paris', { targetingKey: 'paris' });
      const options: VerifyOptions = { toleranceSeconds: 60 };
      export const body: string = await verify(['s'], sign(['s'], { id: 'i', timestamp: 1, body: '' }), '', options);
      // @ts-expect-error: a secret is text
      sign([1], { id: 'i', timestamp: 1, body: '' });
      export const handler = taskHandler(defineTask({ effect: 'idempotent', forward: ({ step }) => step }));
      // @ts-expect-error: there is no such effect
      defineTask({ effect: 'magic', forward: () => null });
      const phases = [{ name: 'p', components: [{ name: 'w', kind: 'wait' as const, for: '2s' }] }];
      export default definePlan({ slipway: 1, name: 'n', target: 'e/n', phases });
      // @ts-expect-error: a plan has phases
      definePlan({ slipway: 1, name: 'n', target: 'e/n' });
      export const plane = (name: string) => new ControlPlane(name, { environment: 'staging' }).apiUrl;
      // @ts-expect-error: it needs code
      new Task('warm', { environment: 'staging' });
      `,
    );
    const compiler = join(modules, 'typescript/bin/tsc');
    const words = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node', 'typed.mts'];
    const said = await run(process.execPath, [compiler, ...words], { cwd: app }).catch(({ stdout }) => ({ stdout }));
    expect(said.stdout).toBe('');
  });

  it('brings what a provider of flags needs, and asks for the rest only where it is used', () => {
    expect(Object.keys(manifest.dependencies)).toEqual(['eventsource-parser', 'leven', 'semver', 'zod']);
    expect(manifest.peerDependencies).toEqual({
      '@aws-sdk/credential-provider-node': expect.stringMatching(/^\^3\./),
      '@openfeature/server-sdk': expect.stringMatching(/^\^1\./),
      '@pulumi/aws': expect.stringMatching(/^\^7\./),
      '@pulumi/pulumi': expect.stringMatching(/^\^3\./),
      '@smithy/signature-v4': expect.stringMatching(/^\^5\./),
    });
    expect(Object.keys(manifest.peerDependenciesMeta)).toEqual(Object.keys(manifest.peerDependencies));
  });
});
