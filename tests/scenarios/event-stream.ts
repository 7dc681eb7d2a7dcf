import { streamCutOff, streamEnd, streamGap } from '../../shared/api/event-stream.ts';
import { type TimelineEvent, timelineEvent } from '../../shared/api/timeline.ts';

export interface Message {
  readonly id?: string;
  readonly name?: string;
  readonly data: string;
}

/** Reads server-sent events as an EventSource would; heartbeats are counted. */
export class StreamReader {
  readonly messages: Message[] = [];
  heartbeats = 0;
  readonly response: Response;
  readonly #reader: ReadableStreamDefaultReader<string>;
  #rest = '';

  private constructor(response: Response, body: ReadableStream<string>) {
    this.response = response;
    this.#reader = body.getReader();
  }

  static async open(url: string, headers: Record<string, string>): Promise<StreamReader> {
    const response = await fetch(url, { headers });
    if (!response.body) throw new Error(`${url} answered nothing.`);
    return new StreamReader(response, response.body.pipeThrough(new TextDecoderStream()));
  }

  get events(): TimelineEvent[] {
    return this.messages.filter(({ name }) => name === undefined).map(({ data }) => timelineEvent.parse(JSON.parse(data)));
  }

  get ids(): string[] {
    return this.messages.flatMap(({ id }) => id ?? []);
  }

  /** The named message that ended, or interrupted, the stream. */
  named(name: 'end' | 'cut-off' | 'gap'): unknown {
    const schema = { end: streamEnd, 'cut-off': streamCutOff, gap: streamGap }[name];
    const found = this.messages.find((message) => message.name === name);
    return found && schema.parse(JSON.parse(found.data));
  }

  /** Reads on until enough has come, or the stream is over (answers false). */
  async until(enough: (reader: StreamReader) => boolean): Promise<boolean> {
    while (!enough(this)) {
      const { done, value } = await this.#reader.read();
      if (done) return false;
      const blocks = (this.#rest + value).split('\n\n');
      this.#rest = blocks.pop() ?? '';
      for (const block of blocks) this.#take(block);
    }
    return true;
  }

  async toEnd(): Promise<this> {
    await this.until(() => false);
    return this;
  }

  async leave(): Promise<void> {
    await this.#reader.cancel();
  }

  #take(block: string): void {
    if (block.startsWith(':')) {
      this.heartbeats += 1;
      return;
    }
    const fields = new Map(
      block.split('\n').map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
    );
    const [id, name] = [fields.get('id'), fields.get('event')];
    this.messages.push({
      ...(id === undefined ? {} : { id }),
      ...(name === undefined ? {} : { name }),
      data: fields.get('data') ?? '',
    });
  }
}
