import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { Secret } from '@pulumi/aws/secretsmanager/secret.js';
import { asset } from '@pulumi/pulumi';
import { functions } from '../../../functions/catalog.ts';
import { ROTATORS, rotators } from '../../../functions/rotators.ts';
import { bundle, bundleFunction, bundleRotator } from '../../../infra/bundle.ts';
import { program } from '../../../infra/program.ts';
import { RotatedSecret, Task } from '../../../infra/pulumi.ts';
import { repositorySources } from '../../../infra/sources.ts';
import { recordProgram } from '../../../local/graph/recording-monitor.ts';
import type { ResourceGraph } from '../../../local/graph/resource-graph.ts';
import type { SecretFields } from '../../../shared/secrets/secret-document.ts';
import { WireRecorder } from '../../infra/iam/wire-recorder.ts';
import { type Clients, clientsOf } from './clients.ts';
import { zipped } from './code.ts';
import { deploy } from './deploy.ts';
import { inDialect } from './dialect.ts';
import { MiniStack } from './ministack.ts';
import { inPolicyDialect } from './policy-dialect.ts';

const ENVIRONMENT = 'test';
/** The secrets that are declared, by their systems. Those of databases have a master secret, the one of two keys a Task. */
export const SECRETS = { cache: 'redis', db: 'postgresql', shop: 'mysql', host: 'ssh-key', keys: 'two-keys' } as const;
export type SecretName = keyof typeof SECRETS;
const NAMES = Object.keys(SECRETS) as SecretName[];

/** Of the control plane only what a rotation needs. */
const NEEDED = /^(?!slipway-)|^slipway-(table|bus|undelivered|alarms)-|^slipway-(fn|sm)-revoke-/;
const PLACE = { partition: 'aws', region: 'us-east-1', account: '000000000000' };
const TASK = 'slipway-test-task-api-key';
const REVOKER = 'revoke-secret';

const fromRoot = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
/** What the function is called that rotates a secret, and the secret itself where it is made with it. */
export const physical = (name: SecretName): string => `slipway-${ENVIRONMENT}-secret-${name}`;
/** One was there before. */
const ADOPTED: { readonly [name in SecretName]?: string } = { cache: 'orders/cache' };
export const secretOf = (name: SecretName): string => ADOPTED[name] ?? physical(name);
const CONFIG = {
  'slipway:adoptedSecrets': JSON.stringify(Object.fromEntries(Object.entries(ADOPTED).map(([name, secret]) => [secret, name]))),
};

/** A team's program: a control plane, and a rotated secret of each system beside it. */
const declare = (overlap: string) => async () => {
  await program();
  const { code } = repositorySources;
  const task = new Task('api-key', { environment: ENVIRONMENT, code: new asset.FileArchive(tmpdir()), timeoutSeconds: 15 });
  for (const name of NAMES) {
    const before = ADOPTED[name] && new Secret(`${name}-before`, { name: ADOPTED[name], description: 'It was there before' });
    const common = { environment: ENVIRONMENT, system: SECRETS[name], overlap, code, ...(before && { secretArn: before.arn }) };
    if (SECRETS[name] === 'two-keys') new RotatedSecret(name, { ...common, task: task.functionName });
    else if (SECRETS[name] === 'ssh-key') new RotatedSecret(name, common);
    else {
      const master = new Secret(`${name}-master`, { name: `${name}-master`, description: `May change ${name}` });
      new RotatedSecret(name, { ...common, masterSecretArn: master.arn });
    }
  }
  return {};
};

/** RotatedSecrets deployed on MiniStack with the bundles that are deployed on AWS. */
export class RotatedPlane {
  readonly clients: Clients;
  readonly recorder: WireRecorder;
  readonly #graph: ResourceGraph;
  readonly #folder: string;
  readonly #peer: MiniStack;
  /** ARNs as the peer has made them, by those that the graph took for them. */
  readonly #ids = new Map<string, string>();

  private constructor(folder: string, peer: MiniStack, graph: ResourceGraph) {
    this.#folder = folder;
    this.#peer = peer;
    this.#graph = graph;
    this.clients = clientsOf(peer.endpoint);
    this.recorder = new WireRecorder({ upstream: peer.endpoint, place: PLACE });
  }

  /** `overlap` as in a program: `3s`. */
  static async deploy(overlap: string): Promise<RotatedPlane> {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-rotated-'));
    const whole = await recordProgram(ENVIRONMENT, CONFIG, declare(overlap));
    await bundleAll(folder);
    const graph = { ...whole, resources: whole.resources.filter(({ name }) => NEEDED.test(name)) };
    const plane = new RotatedPlane(folder, await MiniStack.start(join(folder, 'peer')), graph);
    try {
      await plane.#deploy();
    } catch (error) {
      await plane.stop();
      throw error;
    }
    return plane;
  }

  async #deploy(): Promise<void> {
    const folders = new Map([...NAMES.map((name) => [physical(name), ROTATORS[SECRETS[name]]] as const), [TASK, 'api-key']]);
    const endpoint = async (name: string) => ({ AWS_ENDPOINT_URL: await this.recorder.endpointOf(name) });
    await deploy(this.#graph, {
      clients: this.clients,
      ids: this.#ids,
      code: (name) => zipped(join(this.#folder, folders.get(name) ?? REVOKER)),
      environment: async (name, variables) => ({ ...variables, ...(name === TASK ? {} : await endpoint(name)) }),
      policy: (document) => inPolicyDialect(this.#ofPeer(document)),
      definition: (asl) => inDialect(asl).definition,
    });
  }

  #ofPeer(text: string): string {
    return [...this.#ids].reduce((known, [from, to]) => (from.startsWith('arn:') ? known.replaceAll(from, to) : known), text);
  }

  /** The ARN of a secret, as the peer has made it. */
  arnOf(secret: string): string {
    const found = [...this.#ids.values()].find((arn) => new RegExp(`:secret:${secret}-.{6}$`).test(arn));
    if (found === undefined) throw new Error(`There is no secret ${secret}.`);
    return found;
  }

  /** The roles of what rotates and revokes, with the ARNs of the peer. */
  get roles() {
    return [...NAMES, `slipway-fn-${REVOKER}`].map((owner) => {
      const inputs = this.#graph.resources.find(({ name }) => name === `${owner}-policy`)?.inputs;
      const name = String(inputs?.['role']);
      const arn = `arn:aws:lambda:${PLACE.region}:${PLACE.account}:function:${name}`;
      return { name, arn, policies: [JSON.parse(this.#ofPeer(String(inputs?.['policy'])))] };
    });
  }

  /** As a person does. */
  async put(secret: string, value: object): Promise<void> {
    await this.clients.secrets.send(new PutSecretValueCommand({ SecretId: secret, SecretString: JSON.stringify(value) }));
  }

  /** The fields of a version; of the current one where none is named. */
  async valueOf(name: SecretName, version?: string): Promise<SecretFields> {
    const which = version === undefined ? {} : { VersionId: version };
    const { SecretString = '{}' } = await this.clients.secrets.send(
      new GetSecretValueCommand({ SecretId: secretOf(name), ...which }),
    );
    return JSON.parse(SecretString) as SecretFields;
  }

  /** What Secrets Manager does first of all when it rotates: a pending version that has no value. */
  async begin(name: SecretName, token: string): Promise<void> {
    const version = { SecretId: secretOf(name), ClientRequestToken: token, VersionStages: ['AWSPENDING'] };
    await this.clients.secrets.send(new PutSecretValueCommand(version));
  }

  /** Calls the function as Secrets Manager does. Throws what it has thrown. */
  async call(name: SecretName, Step: string, token: string): Promise<unknown> {
    const event = { Step, SecretId: this.arnOf(secretOf(name)), ClientRequestToken: token };
    const { Payload, FunctionError } = await this.clients.lambda.send(
      new InvokeCommand({ FunctionName: physical(name), Payload: JSON.stringify(event) }),
    );
    const answer = JSON.parse(new TextDecoder().decode(Payload)) as { errorMessage?: string };
    if (FunctionError !== undefined) throw new Error(answer.errorMessage);
    return answer;
  }

  /** How the executions of the machine `revoke` for a token stand. */
  async revocations(token: string): Promise<readonly string[]> {
    const machine = this.#graph.resources.find(({ name }) => name === 'slipway-sm-revoke-machine');
    const stateMachineArn = String(machine?.outputs['arn']);
    const { executions = [] } = await this.clients.states.send(new ListExecutionsCommand({ stateMachineArn }));
    return executions.flatMap(({ name = '', status = '' }) => (name.startsWith(`revoke-${token}-`) ? [status] : []));
  }

  async stop(): Promise<void> {
    await this.recorder.close();
    await this.#peer.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function bundleAll(folder: string): Promise<void> {
  const spec = functions.find(({ name }) => name === REVOKER);
  if (spec === undefined) throw new Error(`There is no function ${REVOKER}.`);
  await bundleFunction(spec, join(folder, REVOKER));
  for (const rotator of rotators) await bundleRotator(rotator, join(folder, rotator));
  const entry = join(folder, 'api-key.ts');
  const imports = `import { taskHandler } from '${fromRoot('adapters/aws/task-handler.ts')}';\nimport { apiKey } from '${fromRoot('examples/api-keys/rotate-key.ts')}';\n`;
  await writeFile(entry, `${imports}export const handler = taskHandler(apiKey);\n`);
  await bundle(entry, join(folder, 'api-key'));
}
