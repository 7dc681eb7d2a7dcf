import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../local/control-plane.ts';
import type { EndpointInput, EndpointName, EndpointOutput } from '../../shared/api/endpoints.ts';
import { apiRequest } from './api-request.ts';
import type { Answer } from './plane.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

/** What a request says beside its path. */
interface Asked {
  readonly method?: string;
  readonly body?: string | undefined;
  readonly token?: string;
}

/** A control plane that logs all that it can, and whatever comes out of it: answers, events, their stream, its log, webhooks, files. */
export class HeardPlane {
  readonly folder: string;
  readonly receiver: WebhookReceiver;
  readonly #plane: ControlPlane;
  readonly #heard: string[];
  readonly #over = new AbortController();
  readonly #streamed: Promise<void>;

  private constructor(folder: string, receiver: WebhookReceiver, plane: ControlPlane, heard: string[]) {
    this.folder = folder;
    this.receiver = receiver;
    this.#plane = plane;
    this.#heard = heard;
    plane.events.subscribe((event) => heard.push(`event: ${JSON.stringify(event)}`));
    this.#streamed = this.#stream();
  }

  static async start(): Promise<HeardPlane> {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-planted-'));
    const heard: string[] = [];
    const receiver = await WebhookReceiver.start();
    const plane = await startControlPlane({
      ...{ dataDir: join(folder, 'data'), port: 0, webhooksToLocalhost: true },
      ...{ log: (line) => heard.push(`log: ${line}`), logFile: join(folder, 'slipway.log'), logLevel: 'debug' },
    });
    onTestFinished(async () => {
      await plane.close();
      await rm(folder, { recursive: true });
    });
    return new HeardPlane(folder, receiver, plane, heard);
  }

  get dataDir(): string {
    return join(this.folder, 'data');
  }

  get token(): string {
    return this.#plane.token;
  }

  async ask(path: string, { method, body, token = this.token }: Asked = {}): Promise<Answer<string>> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const verb = method ?? (body === undefined ? 'GET' : 'POST');
    const answer = await fetch(`${this.#plane.url}${path}`, { method: verb, headers, ...(body === undefined ? {} : { body }) });
    const text = await answer.text();
    // Of what was asked nothing: that may be planted itself.
    this.#heard.push(`answer: ${text}`);
    return { status: answer.status, body: text };
  }

  /** Throws where it is refused, but not with the answer, which is heard already. */
  async call<Name extends EndpointName>(name: Name, input: EndpointInput<Name>): Promise<EndpointOutput<Name>> {
    const { status, body } = await this.send(name, input);
    if (status !== 200) throw new Error(`${name} answered ${status}`);
    return JSON.parse(body) as EndpointOutput<Name>;
  }

  send<Name extends EndpointName>(name: Name, input: EndpointInput<Name>): Promise<Answer<string>> {
    const { method, path, body } = apiRequest(name, input);
    return this.ask(path, { method, body });
  }

  /** The last answer may tell a secret: it is its only one. */
  toldOnce(): void {
    this.#heard.pop();
  }

  /** Ends it. Everything that came out, and what the files hold that are wanted by their name. */
  async everything(wanted: (name: string) => boolean): Promise<string> {
    this.#over.abort();
    await this.#streamed;
    await this.#plane.close();
    const files = await readdir(this.folder, { recursive: true, withFileTypes: true });
    for (const { parentPath, name } of files.filter((one) => one.isFile() && wanted(one.name)))
      this.#heard.push(`file ${name}: ${await readFile(join(parentPath, name), 'latin1')}`);
    this.#heard.push(...this.receiver.received.map(({ body }) => `webhook: ${body}`));
    return this.#heard.join('\n');
  }

  async #stream(): Promise<void> {
    const headers = { authorization: `Bearer ${this.token}`, accept: 'text/event-stream' };
    try {
      const { body } = await fetch(`${this.#plane.url}/v1/events`, { headers, signal: this.#over.signal });
      for await (const chunk of body ?? []) this.#heard.push(`stream: ${Buffer.from(chunk)}`);
    } catch (error) {
      if (!this.#over.signal.aborted) this.#heard.push(`stream failed: ${String(error)}`);
    }
  }
}

/** What of the planted texts is there, as it is or as JSON has it. */
export const leaksOf = (everything: string, planted: Iterable<string>): readonly string[] =>
  [...planted].filter((text) => [text, JSON.stringify(text).slice(1, -1)].some((form) => everything.includes(form)));
