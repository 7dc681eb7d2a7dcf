#!/usr/bin/env node
import { createInterface } from 'node:readline/promises';
import { systemClock } from '../adapters/embedded/system-clock.ts';
import { knownSecrets } from '../shared/redaction/known-secrets.ts';
import { redactText } from '../shared/redaction/redact-text.ts';
import { runCommandLine } from './program.ts';
import type { Output, Shell } from './shell.ts';

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

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

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
  onInterrupt(listener) {
    for (const signal of SIGNALS) process.on(signal, listener);
    return () => {
      for (const signal of SIGNALS) process.off(signal, listener);
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
