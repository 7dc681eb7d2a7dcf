// The one file that leans on semi-internal parts of @pulumi/pulumi (its version is pinned for that reason): the mock
// monitor and the protobuf request that it receives. Plain runtime.setMocks tells neither parents nor dependencies.
import { setImmediate as immediate } from 'node:timers/promises';
import { runtime } from '@pulumi/pulumi';
import type { RegisterResourceRequest, RegisterResourceResponse } from '@pulumi/pulumi/proto/resource_pb.js';
import { MockMonitor } from '@pulumi/pulumi/runtime/mocks.js';
import { setMockOptions } from '@pulumi/pulumi/runtime/settings.js';
import * as state from '@pulumi/pulumi/runtime/state.js';
import { answerCall, answerFor } from './plausible-outputs.ts';
import type { GraphResource, ResourceGraph } from './resource-graph.ts';

const PROJECT = 'slipway';

const MOCKS: runtime.Mocks = {
  newResource: ({ type, name, inputs, custom }) =>
    custom === false ? { id: undefined, state: {} } : answerFor(type, name, inputs),
  call: ({ token }) => answerCall(token),
};

type Answered = (error: unknown, response: RegisterResourceResponse) => void;

/** Keeps every resource that a program registers, in order. */
class RecordingMonitor extends MockMonitor {
  readonly recorded: GraphResource[] = [];

  override registerResource(request: RegisterResourceRequest, answered: Answered): Promise<void> {
    return super.registerResource(request, (error: unknown, response: RegisterResourceResponse) => {
      if (error == null) this.recorded.push(recordOf(request, response));
      answered(error, response);
    });
  }
}

function recordOf(request: RegisterResourceRequest, response: RegisterResourceResponse): GraphResource {
  const properties = request.getPropertydependenciesMap();
  const struct = (of: Pick<RegisterResourceRequest, 'getObject'>) => {
    const object = of.getObject();
    return object === undefined ? {} : runtime.deserializeProperties(object);
  };
  return {
    urn: response.getUrn(),
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    inputs: struct(request),
    outputs: struct(response),
    id: response.getId(),
    parent: request.getParent() || undefined,
    dependencies: request.getDependenciesList(),
    propertyDependencies: Object.fromEntries(
      [...properties.entries()].map(([property, dependencies]) => [property, dependencies.getUrnsList()]),
    ),
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    ignoreChanges: request.getIgnorechangesList(),
    aliases: request.getAliasesList().flatMap((alias) => alias.getSpec()?.getName() ?? []),
  };
}

// Published without a type: runs a function with a Pulumi state of its own, as the Automation API does for inline programs.
const { withLocalStorage } = state as unknown as { withLocalStorage<T>(callback: () => Promise<T>): Promise<T> };

/** Runs a Pulumi program in this process, with neither the pulumi command nor AWS. One at a time: it listens to the process. */
export function recordProgram(
  stack: string,
  config: { readonly [key: string]: string },
  program: () => Promise<{ readonly [name: string]: unknown }>,
): Promise<ResourceGraph> {
  return withLocalStorage(async () => {
    const monitor = new RecordingMonitor(MOCKS);
    await runtime.setMocks(MOCKS, PROJECT, stack, false);
    setMockOptions(monitor, PROJECT, stack, false);
    runtime.setAllConfig({ ...config });
    const outputs = await settled(() => runtime.runInPulumiStack(program));
    return { resources: monitor.recorded, outputs: outputs ?? {} };
  });
}

/**
 * Waits until every resource is registered; throws the first error. One inside `apply` reaches nobody: Pulumi leaves it to
 * the process, so whoever runs a program must listen there.
 */
async function settled<T>(run: () => Promise<T>): Promise<T> {
  const failures: unknown[] = [];
  const keep = (reason: unknown) => void failures.push(reason);
  const { stackTraceLimit } = Error;
  // Pulumi takes a stack trace for every promise that it makes, for its own debugging: two thirds of the time.
  Error.stackTraceLimit = 0;
  process.on('unhandledRejection', keep);
  try {
    const result = await run().catch(keep);
    await runtime.disconnect();
    await immediate();
    if (failures.length > 0) throw failures[0];
    return result as T;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    process.off('unhandledRejection', keep);
  }
}
