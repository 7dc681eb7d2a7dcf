import { type Client, OpenFeature } from '@openfeature/server-sdk';
import { SlipwayProvider } from '../openfeature/index.ts';

/** How clients hear of a flag that changed. */
export type Hearing = 'stream' | 'poll';

export interface ClientsStart {
  readonly url: string;
  readonly token: string;
  readonly environment: string;
  readonly flag: string;
  /** Of each hearing. */
  readonly clients: number;
  /** Evaluations a second of all clients of one hearing together. */
  readonly rate: number;
  readonly pollMs: number;
}

/** `until`: answered when every client's last evaluation was on that path. */
export type ToClients = { readonly start: ClientsStart } | { readonly until: 'old' | 'new' };
/** When each client was last on the new path, epoch ms. */
export type FromClients = { readonly lastOnNew: Readonly<Record<Hearing, readonly number[]>>; readonly evaluations: number };

const TICK_MS = 2;

interface Evaluator {
  readonly hearing: Hearing;
  readonly client: Client;
  lastOnNew: number;
  isOnNew: boolean;
}

/** Programs that use a flag: each with a provider of its own, evaluating at a steady pace whatever the control plane does. */
class Clients {
  readonly #flag: string;
  readonly #evaluators: readonly Evaluator[];
  #evaluations = 0;
  #asked: 'old' | 'new' | undefined;

  private constructor(flag: string, evaluators: readonly Evaluator[]) {
    this.#flag = flag;
    this.#evaluators = evaluators;
  }

  static async start({ flag, clients, rate, pollMs, ...access }: ClientsStart): Promise<Clients> {
    const hearings: readonly Hearing[] = Array.from({ length: clients }, () => ['stream', 'poll'] as const).flat();
    const evaluators = hearings.map(async (hearing, index): Promise<Evaluator> => {
      const domain = `${hearing}-${index}`;
      const settings = hearing === 'stream' ? {} : { stream: false, pollMs };
      await OpenFeature.setProviderAndWait(domain, new SlipwayProvider({ ...access, ...settings }));
      return { hearing, client: OpenFeature.getClient(domain), lastOnNew: 0, isOnNew: false };
    });
    const all = new Clients(flag, await Promise.all(evaluators));
    all.#run(rate * 2);
    return all;
  }

  until(path: 'old' | 'new'): void {
    this.#asked = path;
  }

  #run(rate: number): void {
    const began = performance.now();
    let done = 0;
    setInterval(() => {
      const due = Math.floor(((performance.now() - began) * rate) / 1000);
      for (; done < due; done += 1) void this.#evaluate(this.#evaluators[done % this.#evaluators.length], done);
      this.#answer();
    }, TICK_MS);
  }

  async #evaluate(evaluator: Evaluator | undefined, number: number): Promise<void> {
    if (!evaluator) return;
    evaluator.isOnNew = await evaluator.client.getBooleanValue(this.#flag, false, { targetingKey: `user-${number}` });
    this.#evaluations += 1;
    if (evaluator.isOnNew) evaluator.lastOnNew = Date.now();
  }

  #answer(): void {
    const wanted = this.#asked === 'new';
    if (this.#asked === undefined || this.#evaluators.some(({ isOnNew }) => isOnNew !== wanted)) return;
    this.#asked = undefined;
    const of = (hearing: Hearing) => this.#evaluators.filter((one) => one.hearing === hearing).map(({ lastOnNew }) => lastOnNew);
    const answer: FromClients = { lastOnNew: { stream: of('stream'), poll: of('poll') }, evaluations: this.#evaluations };
    process.send?.(answer);
  }
}

let clients: Promise<Clients> | undefined;
process.on('message', async (message: ToClients) => {
  if ('start' in message) clients = Clients.start(message.start);
  else (await clients)?.until(message.until);
});
process.on('disconnect', () => process.exit());
