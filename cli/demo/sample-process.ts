import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SlipwayError } from '../../shared/errors/slipway-error.ts';

/** Of what a process said last, for its error. */
const LAST_WORDS = 2000;

class SampleEndedError extends SlipwayError {
  override readonly name = 'SampleEndedError';
  override readonly code = 'SAMPLE_ENDED';
}

/** A process of the sample, spoken with in messages. It ends with this one at the latest. */
export class SampleProcess<To extends object, From extends object> {
  /** Rejects where it ended without being told to. */
  readonly failed: Promise<never>;
  readonly #child: ChildProcess;
  readonly #closed = Promise.withResolvers<void>();
  #isClosing = false;

  /** `file`: under examples/cities/search. */
  constructor(file: string, onMessage: (message: From) => void) {
    const path = fileURLToPath(new URL(`../../examples/cities/search/${file}`, import.meta.url));
    this.#child = fork(path, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] });
    let lastWords = '';
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      lastWords = `${lastWords}${text}`.slice(-LAST_WORDS);
    });
    const failed = Promise.withResolvers<never>();
    failed.promise.catch(() => undefined);
    this.#child.on('message', (message) => onMessage(message as From));
    this.#child.once('error', failed.reject);
    this.#child.once('close', (code) => {
      const fact = `The sample's ${file} ended with ${code ?? 'a signal'}: ${lastWords.trim() || 'it said nothing.'}`;
      if (!this.#isClosing) failed.reject(new SampleEndedError(fact, { next: 'slipway demo --no-rollout' }));
      this.#closed.resolve();
    });
    this.failed = failed.promise;
  }

  send(message: To): void {
    this.#child.send(message);
  }

  /** Ends it, and waits for its end. */
  async close(): Promise<void> {
    this.#isClosing = true;
    if (this.#child.exitCode !== null || this.#child.pid === undefined) return;
    this.#child.kill('SIGTERM');
    await this.#closed.promise;
  }
}
