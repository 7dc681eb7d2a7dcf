import { createInterface } from 'node:readline/promises';
import { systemClock } from '../adapters/embedded/system-clock.ts';
import { knownSecrets } from '../shared/redaction/known-secrets.ts';
import { redactText } from '../shared/redaction/redact-text.ts';
import { runCommandLine } from './program.ts';
import type { Interrupt, Output, Shell } from './shell.ts';

const output = (stream: NodeJS.WriteStream, edit = (text: string) => text): Output => ({
  write: (text) => void stream.write(edit(text)),
  isTerminal: stream.isTTY === true,
  get columns() {
    return stream.isTTY ? stream.columns : undefined;
  },
  get rows() {
    return stream.isTTY ? stream.rows : undefined;
  },
});

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const left = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)));
    const answer = await Promise.race([lines.question(question).catch(() => undefined), left]);
    // Ctrl-C and the end of input answer nothing, and leave the cursor behind the question.
    if (answer === undefined) process.stderr.write('\n');
    return answer ?? '';
  } finally {
    lines.close();
  }
}

/** Without echo, so not by lines: the terminal hands over each key. Ctrl-C and Ctrl-D answer nothing. */
async function askHidden(question: string): Promise<Buffer> {
  process.stderr.write(question);
  process.stdin.setRawMode(true);
  const typed: number[] = [];
  try {
    for await (const chunk of process.stdin) {
      for (const key of chunk as Buffer) {
        if (key === CTRL_C || key === CTRL_D) return Buffer.alloc(0);
        if (key === RETURN || key === NEWLINE) return Buffer.from(typed);
        if (key === BACKSPACE || key === DELETE) typed.pop();
        else typed.push(key);
      }
    }
    return Buffer.from(typed);
  } finally {
    typed.fill(0);
    process.stdin.setRawMode(false);
    process.stdin.pause();
    process.stderr.write('\n');
  }
}

const [CTRL_C, CTRL_D, RETURN, NEWLINE, BACKSPACE, DELETE] = [3, 4, 13, 10, 8, 127];

async function readInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const SIGNALS: readonly Interrupt[] = ['SIGINT', 'SIGTERM'];

knownSecrets.addEnvironment(process.env);

const shell: Shell = {
  out: output(process.stdout),
  // What a person asked for is on stdout as it is; what is said beside it ends up in logs of builds.
  err: output(process.stderr, redactText),
  plain: (process.env['NO_COLOR'] ?? '') !== '' || process.env['TERM'] === 'dumb',
  cwd: process.cwd(),
  clock: systemClock,
  fetch,
  ask: process.stdin.isTTY && process.stderr.isTTY ? ask : undefined,
  askHidden: process.stdin.isTTY && process.stderr.isTTY ? askHidden : undefined,
  readInput,
  onInterrupt(listener) {
    const heard = (signal: NodeJS.Signals) => listener(signal === 'SIGTERM' ? 'SIGTERM' : 'SIGINT');
    for (const signal of SIGNALS) process.on(signal, heard);
    return () => {
      for (const signal of SIGNALS) process.off(signal, heard);
    };
  },
};

// Whoever reads may stop reading: `slipway logs ID | head`.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

const exitCode = await runCommandLine(process.argv.slice(2), shell);
// A plan's module may hold the process open; what was written goes out first.
process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)));
