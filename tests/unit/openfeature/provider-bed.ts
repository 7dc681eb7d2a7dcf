import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, OpenFeature, ProviderEvents } from '@openfeature/server-sdk';
import { VirtualClock } from '../../../adapters/memory/virtual-clock.ts';
import { type RemoteOptions, SlipwayProvider } from '../../../openfeature/index.ts';
import { onOff } from '../shared/flags/flag-builder.ts';
import { FlagServer } from './flag-server.ts';

export const on = { flags: { f: onOff(undefined, { defaultVariant: 'on' }), g: onOff() } };
export const off = { flags: { f: onOff(), g: onOff() } };

/** Everything that the SDK tells of one provider, in order. */
class Told {
  readonly heard: { kind: string; message?: string | undefined; flagsChanged?: string[] | undefined }[] = [];
  #next = Promise.withResolvers<void>();

  constructor(client: Client) {
    for (const event of Object.values(ProviderEvents)) {
      client.addHandler(event, (details) => {
        const { message, flagsChanged } = (details ?? {}) as { message?: string; flagsChanged?: string[] };
        this.heard.push({ kind: event.replace('PROVIDER_', ''), message, flagsChanged });
        this.#next.resolve();
        this.#next = Promise.withResolvers<void>();
      });
    }
  }

  get kinds(): string[] {
    return this.heard.map(({ kind }) => kind);
  }

  async until(count: number): Promise<void> {
    while (this.heard.length < count) await this.#next.promise;
  }
}

let domains = 0;

/** A server of flags, a folder, and a clock that a test moves. */
export class ProviderBed {
  readonly clock = new VirtualClock();
  readonly server: FlagServer;
  readonly directory: string;

  private constructor(server: FlagServer, directory: string) {
    this.server = server;
    this.directory = directory;
  }

  static async open(): Promise<ProviderBed> {
    return new ProviderBed(await FlagServer.start(on), await mkdtemp(join(tmpdir(), 'slipway-flags-')));
  }

  provider(options: Partial<RemoteOptions> = {}): SlipwayProvider {
    return new SlipwayProvider(
      { url: this.server.url, token: 'secret', environment: 'production', stream: false, ...options },
      { clock: this.clock, random: () => 1 },
    );
  }

  /** The provider behind a client of its own, and what the SDK tells of it. */
  use(one: SlipwayProvider) {
    domains += 1;
    const domain = `test-${domains}`;
    const client = OpenFeature.getClient(domain);
    const ready = OpenFeature.setProviderAndWait(domain, one);
    return { client, told: new Told(client), ready };
  }

  async close(): Promise<void> {
    await OpenFeature.clearProviders();
    await this.server.close();
    await rm(this.directory, { recursive: true });
  }
}
