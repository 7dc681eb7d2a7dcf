import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const json = (path: string) => JSON.parse(readFileSync(new URL(path, root), 'utf8'));

interface Locked {
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly optional?: boolean;
  readonly peer?: boolean;
  readonly license?: string;
}

const locked = Object.entries(json('package-lock.json').packages as { readonly [path: string]: Locked }).filter(
  ([path]) => path !== '',
);
/** What comes with Slipway where it is installed without what only its development needs. */
const shipped = locked.filter(([, { dev }]) => dev !== true);
const COPYLEFT = /\b(A?GPL|SSPL|BUSL|EUPL|OSL)/i;
/** Of `A OR B` one may be chosen. */
const isCopyleft = (license = '') => license.split(/\s+OR\s+/).every((one) => COPYLEFT.test(one));

/** Packages of old state a list, which the lock file leaves out. */
const formerly = (path: string): string => {
  const { licenses = [] } = json(`${path}/package.json`) as { licenses?: readonly { readonly type: string }[] };
  return licenses.map(({ type }) => type).join(' OR ');
};

describe('what is shipped', () => {
  it('holds no package under a licence that would bind our users', () => {
    expect(shipped.length).toBeGreaterThan(20);
    expect(shipped.filter(([, { license }]) => isCopyleft(license)).map(([path]) => path)).toEqual([]);
  });

  it('states a licence for every package', () => {
    expect(shipped.filter(([path, { license }]) => (license ?? formerly(path)) === '').map(([path]) => path)).toEqual([]);
    expect(shipped.filter(([path, { license }]) => isCopyleft(license ?? formerly(path))).map(([path]) => path)).toEqual([]);
  });

  it('does without the policy simulator, which is under the AGPL', () => {
    const { dependencies, devDependencies } = json('package.json');
    expect(Object.keys(devDependencies)).toContain('@cloud-copilot/iam-simulate');
    expect(Object.keys(dependencies).filter((name) => name.startsWith('@cloud-copilot/'))).toEqual([]);
    expect(shipped.map(([path]) => path).filter((path) => path.includes('@cloud-copilot/'))).toEqual([]);
    const agpl = locked.filter(([, { license }]) => isCopyleft(license)).map(([path]) => path);
    expect(agpl.every((path) => path.startsWith('node_modules/@cloud-copilot/'))).toBe(true);
  });

  it('imports it nowhere but in tests', () => {
    const folders = ['adapters', 'bench', 'cli', 'examples', 'functions', 'infra', 'local', 'shared', 'statemachines'];
    const sources = folders.flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }));
    expect(sources.length).toBeGreaterThan(200);
    expect(sources.filter((path) => readFileSync(new URL(path, root), 'utf8').includes('@cloud-copilot/'))).toEqual([]);
  });
});
