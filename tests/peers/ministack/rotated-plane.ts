import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { functions } from '../../../functions/catalog.ts';
import { bundleFunction, bundleRotator } from '../../../infra/bundle.ts';
import { program } from '../../../infra/program.ts';
import { RotatedSecret } from '../../../infra/pulumi.ts';
import { repositorySources } from '../../../infra/sources.ts';
import { recordProgram } from '../../../local/graph/recording-monitor.ts';
import type { ResourceGraph } from '../../../local/graph/resource-graph.ts';
import { WireRecorder } from '../../infra/iam/wire-recorder.ts';
import { type Clients, clientsOf } from './clients.ts';
import { zipped } from './code.ts';
import { deploy } from './deploy.ts';
import { inDialect } from './dialect.ts';
import { MiniStack } from './ministack.ts';
import { inPolicyDialect } from './policy-dialect.ts';

/** Of a control plane, what a rotated secret needs, and the secret `cache` beside it. */
const NEEDED = /^(slipway-(table|bus|undelivered|alarms|artefacts|guardrails|alerts)-|slipway-(fn|sm)-revoke|cache-)/;
const PLACE = { partition: 'aws', region: 'us-east-1', account: '000000000000' };
export const SECRET = 'slipway-test-secret-cache';
const ROTATOR = 'rotate-redis';

/** A RotatedSecret of Redis, deployed on MiniStack with the bundles that are deployed on AWS. */
export class RotatedPlane {
  readonly graph: ResourceGraph;
  readonly clients: Clients;
  readonly recorder: WireRecorder;
  readonly #folder: string;
  readonly #peer: MiniStack;
  /** ARNs as the peer has made them, by those that the graph took for them. */
  readonly #ids = new Map<string, string>();

  private constructor(folder: string, peer: MiniStack, graph: ResourceGraph) {
    this.#folder = folder;
    this.#peer = peer;
    this.graph = graph;
    this.clients = clientsOf(peer.endpoint);
    this.recorder = new WireRecorder({ upstream: peer.endpoint, place: PLACE });
  }

  /** `overlap` as in a program: `3s`. */
  static async deploy(overlap: string): Promise<RotatedPlane> {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-rotated-'));
    const whole = await recordProgram('test', {}, async () => {
      await program();
      const { code } = repositorySources;
      return { secret: new RotatedSecret('cache', { environment: 'test', system: 'redis', overlap, code }).secretArn };
    });
    const graph = { ...whole, resources: whole.resources.filter(({ name }) => NEEDED.test(name)) };
    const spec = functions.find(({ name }) => name === 'revoke-secret');
    if (spec === undefined) throw new Error('There is no function revoke-secret.');
    await Promise.all([bundleFunction(spec, join(folder, spec.name)), bundleRotator(ROTATOR, join(folder, ROTATOR))]);
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
    await deploy(this.graph, {
      clients: this.clients,
      ids: this.#ids,
      code: (name) => zipped(join(this.#folder, name === SECRET ? ROTATOR : name.replace('slipway-test-', ''))),
      environment: async (name, variables) => ({ ...variables, AWS_ENDPOINT_URL: await this.recorder.endpointOf(name) }),
      policy: (document) => inPolicyDialect(this.#ofPeer(document)),
      definition: (asl) => inDialect(asl).definition,
    });
  }

  #ofPeer(text: string): string {
    return [...this.#ids].reduce((known, [from, to]) => (from.startsWith('arn:') ? known.replaceAll(from, to) : known), text);
  }

  get secretArn(): string {
    const [found = ''] = [...this.#ids.values()].filter((arn) => arn.includes(`:secret:${SECRET}-`));
    return found;
  }

  /** The role of a function, with the ARNs of the peer. */
  roleOf(name: string) {
    const inputs = this.graph.resources.find((one) => one.name === `${name}-policy`)?.inputs;
    return { name: String(inputs?.['role']), policies: [JSON.parse(this.#ofPeer(String(inputs?.['policy'])))] };
  }

  /** As a person does. */
  async put(value: object): Promise<void> {
    await this.clients.secrets.send(new PutSecretValueCommand({ SecretId: SECRET, SecretString: JSON.stringify(value) }));
  }

  /** What Secrets Manager does first of all when it rotates: a pending version that has no value. */
  async begin(token: string): Promise<void> {
    const version = { SecretId: SECRET, ClientRequestToken: token, VersionStages: ['AWSPENDING'] };
    await this.clients.secrets.send(new PutSecretValueCommand(version));
  }

  /** Calls the function as Secrets Manager does. Throws what it has thrown. */
  async call(Step: string, token: string, more: object = {}): Promise<unknown> {
    const event = { Step, SecretId: this.secretArn, ClientRequestToken: token, ...more };
    const { Payload, FunctionError } = await this.clients.lambda.send(
      new InvokeCommand({ FunctionName: SECRET, Payload: JSON.stringify(event) }),
    );
    const answer = JSON.parse(new TextDecoder().decode(Payload)) as { errorMessage?: string };
    if (FunctionError !== undefined) throw new Error(answer.errorMessage);
    return answer;
  }

  /** Executions of the machine `revoke`, each with how it stands. */
  async revocations(): Promise<readonly string[]> {
    const machine = this.graph.resources.find(({ name }) => name === 'slipway-sm-revoke-machine');
    const stateMachineArn = String(machine?.outputs['arn']);
    const { executions = [] } = await this.clients.states.send(new ListExecutionsCommand({ stateMachineArn }));
    return executions.map(({ status = '' }) => status);
  }

  async stop(): Promise<void> {
    await this.recorder.close();
    await this.#peer.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
