import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { knownSecrets } from '../shared/redaction/known-secrets.ts';
import { NoControlPlaneError, UsageError } from './cli-errors.ts';

/** Where a control plane is and what opens it. */
export interface Access {
  readonly url: string;
  /** Absent: requests are signed instead. */
  readonly token?: string;
  /** The AWS region for which requests are signed. */
  readonly signFor?: string;
  /** It runs on this machine, so that it can read the files beside a plan. */
  readonly here: boolean;
}

/** How the person named it. */
export interface Whereabouts {
  readonly cwd: string;
  readonly dataDir: string;
  readonly url?: string | undefined;
  readonly tokenFile?: string | undefined;
  /** A region: requests are signed for it, whatever the address. */
  readonly sign?: string | undefined;
}

const endpoint = z.object({ url: z.url() });

/** Of an API Gateway's own address. */
const GATEWAY = /^[a-z0-9]+\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/;

export async function findControlPlane({ cwd, dataDir, url, tokenFile, sign }: Whereabouts): Promise<Access> {
  const directory = resolve(cwd, dataDir);
  const found = url ?? (await announcedUrl(directory, dataDir));
  const checked = checkedUrl(found);
  const region = sign ?? (tokenFile === undefined ? GATEWAY.exec(new URL(checked.url).hostname)?.[1] : undefined);
  if (region !== undefined) return { ...checked, signFor: region };
  const token = await readToken(tokenFile === undefined ? join(directory, 'token') : resolve(cwd, tokenFile), tokenFile);
  return { ...checked, token };
}

async function announcedUrl(directory: string, dataDir: string): Promise<string> {
  const path = join(directory, 'endpoint.json');
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT' && cause.code !== 'ENOTDIR') throw unreadable(path, cause);
    throw new NoControlPlaneError(`No control plane runs: there is no ${join(dataDir, 'endpoint.json')}.`, {
      next: startCommand(dataDir),
    });
  });
  const parsed = endpoint.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data.url;
  throw new NoControlPlaneError(`${path} does not say where the control plane is.`, { next: startCommand(dataDir) });
}

/** The command that would start the control plane of a data directory. */
export const startCommand = (dataDir: string): string =>
  `Start one in another terminal: slipway dev${dataDir === '.slipway' ? '' : ` --data-dir ${dataDir}`}`;

async function readToken(path: string, named: string | undefined): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw unreadable(path, cause);
  });
  const token = text.trim();
  if (/^[\x21-\x7e]+$/.test(token)) {
    knownSecrets.add(token);
    return token;
  }
  throw new UsageError(`${path} holds no token.`, {
    next: named === undefined ? 'Restart the control plane: slipway dev' : 'Name the right file with --token-file.',
  });
}

const unreadable = (path: string, cause: NodeJS.ErrnoException): UsageError =>
  new UsageError(`${path} cannot be read: ${cause.code ?? cause.message}.`, {
    next: 'Name the data directory with --data-dir, or the control plane with --url and --token-file.',
    cause,
  });

function checkedUrl(text: string): Pick<Access, 'url' | 'here'> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '') {
    throw new UsageError(`${text} is no address of a control plane.`, { next: 'Give one such as https://slipway.example.com.' });
  }
  const here = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url.protocol === 'http:' && !here) {
    throw new UsageError(`The token would cross the network unencrypted to ${url.host}.`, { next: 'Use https://.' });
  }
  return { url: url.href.replace(/\/+$/, ''), here };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
