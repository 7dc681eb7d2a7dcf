import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EndpointInput, EndpointName, EndpointOutput } from '../../shared/api/endpoints.ts';
import { apiRequest } from './api-request.ts';
import { CliProcess } from './cli-process.ts';

/** `slipway dev` as a process of its own, which can be killed and started again on its directory. */
export class PlaneProcess {
  readonly #folder: string;
  #process: CliProcess | undefined;
  #url = '';

  readonly #options: readonly string[];

  /** `options`: more of the command's. */
  constructor(folder: string, options: readonly string[] = []) {
    this.#folder = folder;
    this.#options = options;
  }

  async boot(): Promise<void> {
    const started = new CliProcess(this.#folder, ['dev', '--json', '--port', '0', '--data-dir', this.#folder, ...this.#options]);
    await started.says('"url"');
    await started.says('}');
    this.#url = /"url":\s*"([^"]+)"/.exec(started.stdout)?.[1] ?? '';
    this.#process = started;
  }

  /** As when the machine loses its power. */
  async kill(): Promise<void> {
    this.#process?.signal('SIGKILL');
    await this.#process?.ended;
    this.#process = undefined;
  }

  async call<Name extends EndpointName>(name: Name, input: EndpointInput<Name>): Promise<EndpointOutput<Name>> {
    const { method, path, body } = apiRequest(name, input);
    const token = (await readFile(join(this.#folder, 'token'), 'utf8')).trim();
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(`${this.#url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${name} answered ${response.status}: ${JSON.stringify(answer)}`);
    return answer as EndpointOutput<Name>;
  }
}
