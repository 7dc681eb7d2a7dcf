import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { MockMonitor } from '@pulumi/pulumi/runtime/mocks.js';
import { answerCall, answerFor } from '../../local/graph/plausible-outputs.ts';

const require = createRequire(import.meta.url);
// As Pulumi's SDK itself has them: messages of another copy would not be of the same class.
const ofPulumi = createRequire(require.resolve('@pulumi/pulumi'));
const grpc = ofPulumi('@grpc/grpc-js');
const { Empty } = ofPulumi('google-protobuf/google/protobuf/empty_pb.js');
const { ResourceMonitorService } = ofPulumi('@pulumi/pulumi/proto/resource_grpc_pb.js');
const { SupportsFeatureResponse } = ofPulumi('@pulumi/pulumi/proto/resource_pb.js');
const { EngineService } = ofPulumi('@pulumi/pulumi/proto/engine_grpc_pb.js');
const { SetRootResourceResponse } = ofPulumi('@pulumi/pulumi/proto/engine_pb.js');

const LAUNCHER = require.resolve('@pulumi/pulumi/cmd/run/index.js');
const SEVERITY_ERROR = 3;

export interface Launch {
  readonly exitCode: number | null;
  /** Type and name of what was registered. */
  readonly resources: readonly string[];
  readonly errors: readonly string[];
}

/** What is asked of the messages that arrive. */
interface Call {
  readonly request: {
    getId(): string;
    getSeverity(): number;
    getMessage(): string;
    getType(): string;
    getName(): string;
  };
}
type Answer = (error: { readonly code: number; readonly message: string } | null, response?: unknown) => void;
type Methods = { readonly [method: string]: (call: Call, answer: Answer) => unknown };

/** Runs a program through the launcher that the `pulumi` command uses, against an engine that speaks its protocol. */
export async function launch(folder: string, typescript: boolean, config: { readonly [key: string]: string }): Promise<Launch> {
  const resources: string[] = [];
  const errors: string[] = [];
  const server = new grpc.Server();
  server.addService(ResourceMonitorService, monitor(resources));
  server.addService(EngineService, engine(errors));
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error: Error | null, bound: number) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  try {
    return { exitCode: await run(`127.0.0.1:${port}`, folder, typescript, config), resources, errors };
  } finally {
    server.forceShutdown();
  }
}

function run(address: string, folder: string, typescript: boolean, config: object): Promise<number | null> {
  const flags = ['--monitor', address, '--engine', address, '--project', 'slipway', '--stack', 'development', '--pwd', folder];
  const child = spawn(process.execPath, [LAUNCHER, ...flags, '--parallel', '16', '.'], {
    stdio: 'ignore',
    env: { ...process.env, PULUMI_NODEJS_TYPESCRIPT: String(typescript), PULUMI_CONFIG: JSON.stringify(config) },
  });
  return new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve));
}

function monitor(resources: string[]): Methods {
  const mock = new MockMonitor({
    newResource: ({ type, name, inputs, custom }) =>
      custom === false ? { id: undefined, state: {} } : answerFor(type, name, inputs),
    call: ({ token }) => answerCall(token),
  });
  const respond = (answer: Answer) => (error: unknown, response: unknown) =>
    error == null ? answer(null, response) : answer({ code: grpc.status.UNKNOWN, message: String(error) });
  return {
    supportsFeature: ({ request }: Call, answer: Answer) => {
      const response = new SupportsFeatureResponse();
      response.setHassupport(request.getId() !== 'outputValues');
      answer(null, response);
    },
    getDeploymentInfo: ({ request }: Call, answer: Answer) => mock.getDeploymentInfo(request, respond(answer)),
    registerPackage: ({ request }: Call, answer: Answer) => mock.registerPackage(request, respond(answer)),
    registerResource: ({ request }: Call, answer: Answer) => {
      resources.push(`${request.getType()} ${request.getName()}`);
      return mock.registerResource(request, respond(answer));
    },
    registerResourceOutputs: (_: Call, answer: Answer) => answer(null, new Empty()),
    invoke: ({ request }: Call, answer: Answer) => mock.invoke(request, respond(answer)),
  };
}

function engine(errors: string[]): Methods {
  return {
    log: ({ request }: Call, answer: Answer) => {
      if (request.getSeverity() >= SEVERITY_ERROR) errors.push(request.getMessage());
      answer(null, new Empty());
    },
    setRootResource: (_: Call, answer: Answer) => answer(null, new SetRootResourceResponse()),
  };
}
