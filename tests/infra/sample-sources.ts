import { asset } from '@pulumi/pulumi';
import type { Sources } from '../../infra/sources.ts';
import { machines } from '../../statemachines/catalog.ts';

const task = (resource: string, target: object) => ({
  Type: 'Task',
  Resource: `arn:aws:states:::${resource}`,
  Arguments: target,
  End: true,
});

const branch = (state: object) => ({ StartAt: 'Only', States: { Only: state } });

/** A small definition that calls every function and machine of its catalog entry; `batch` does so in a distributed Map. */
function sampleDefinition(name: string): string {
  const spec = machines.find((one) => one.name === name);
  const calls = [
    ...(spec?.functions ?? []).map((each) => task('lambda:invoke', { FunctionName: `\${function:${each}}` })),
    ...(spec?.machines ?? []).map((each) => task('states:startExecution.sync:2', { StateMachineArn: `\${machine:${each}}` })),
  ];
  const parallel = { Type: 'Parallel', Branches: calls.map(branch), End: true };
  const map = { Type: 'Map', ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED' }, ...branch(parallel) }, End: true };
  return JSON.stringify({ QueryLanguage: 'JSONata', ...branch(name === 'batch' ? map : parallel) });
}

/** Sources that exist without a build. */
export const sampleSources: Sources = {
  code: (name) => new asset.FileArchive(`dist/functions/${name}`),
  definition: sampleDefinition,
};
