import { describe, expect, it } from 'vitest';
import { type Manifest, manifestOf } from '../../../package/manifest.ts';

const project: Manifest = {
  name: 'slipway',
  version: '1.2.3',
  description: 'd',
  license: 'MIT',
  type: 'module',
  sideEffects: false,
  engines: { node: '>=20.19' },
  exports: { './openfeature': './openfeature/index.ts', './package.json': './package.json' },
  dependencies: { zod: '4.6.7', '@pulumi/aws': '7.48.0', commander: '15.1.0' },
  peerDependencies: { '@openfeature/server-sdk': '^1.23.0' },
  peerDependenciesMeta: {},
};

describe('manifestOf', () => {
  it('names what is imported, by package, and nothing else', () => {
    const imported = ['zod', 'node:fs', 'fs', '@pulumi/aws/lambda/function.js', 'zod/v4', '@openfeature/server-sdk'];
    const { dependencies, peerDependencies, peerDependenciesMeta } = manifestOf(project, imported);
    expect(dependencies).toEqual({ zod: '^4.6.7' });
    expect(peerDependencies).toEqual({ '@openfeature/server-sdk': '^1.23.0', '@pulumi/aws': '^7.48.0' });
    expect(Object.keys(peerDependenciesMeta)).toEqual(Object.keys(peerDependencies));
  });

  it('asks for a Node that lets CommonJS require it', () => {
    expect(manifestOf(project, []).engines).toEqual({ node: '>=22.12' });
  });

  it('exports JavaScript', () => {
    expect(manifestOf(project, []).exports).toEqual({
      './openfeature': './openfeature/index.js',
      './package.json': './package.json',
    });
  });

  it('refuses a package that the project does not declare', () => {
    expect(() => manifestOf(project, ['left-pad'])).toThrow('left-pad is imported by what is packed');
  });
});
