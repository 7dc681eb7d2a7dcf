import { ComponentResource, type ResourceTransformation } from '@pulumi/pulumi';
import { describe, expect, it } from 'vitest';
import { carryAliases } from '../../infra/renames.ts';
import { recordProgram } from '../../local/graph/recording-monitor.ts';

class Plane extends ComponentResource {
  constructor(name: string, transformation: ResourceTransformation) {
    super('test:Plane', name, {}, { transformations: [transformation] });
    const part = new ComponentResource('test:Part', `${name}-part`, {}, { parent: this });
    new ComponentResource('test:Part', `${name}-part-topic`, {}, { parent: part });
  }
}

const aliasesWith = async (transformation: ResourceTransformation) => {
  const { resources } = await recordProgram('test', {}, async () => ({ plane: new Plane('blue', transformation).urn }));
  return Object.fromEntries(resources.filter(({ aliases }) => aliases.length > 0).map(({ name, aliases }) => [name, aliases]));
};

describe('carryAliases', () => {
  it('tells Pulumi what a renamed resource was called, at any depth', async () => {
    const renames = [
      { now: '-part', was: '-piece' },
      { now: '-part-topic', was: '-watch-topic' },
      { now: '-part-topic', was: '-topic' },
    ];
    const aliases = await aliasesWith(carryAliases('blue', renames));
    expect(aliases['blue-part']).toEqual(['blue-piece']);
    expect(aliases['blue-part-topic']).toEqual(expect.arrayContaining(['blue-watch-topic', 'blue-topic']));
  });

  it('leaves all others as they are', async () => {
    expect(await aliasesWith(carryAliases('green', [{ now: '-part', was: '-piece' }]))).toEqual({});
    expect(await aliasesWith(carryAliases('blue'))).toEqual({});
  });
});
