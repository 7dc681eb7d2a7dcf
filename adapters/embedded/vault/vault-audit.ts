import { createHash } from 'node:crypto';
import { appendFile, readFile } from 'node:fs/promises';
import * as z from 'zod';

/** One access: who asked for what of which secret, and whether it was given. Never a value. */
export const vaultAccess = z.object({
  /** Epoch ms. */
  at: z.number(),
  actor: z.string(),
  action: z.string(),
  secret: z.string().optional(),
  outcome: z.string(),
  /** Of the line before: a line that is taken out, put in or changed is told from one that was written. */
  prev: z.string(),
  hash: z.string(),
});
export type VaultAccess = z.output<typeof vaultAccess>;

/** The audit of a vault: lines of JSON, appended one at a time, each chained to the one before. */
export class VaultAudit {
  readonly #path: string;
  #last: Promise<string> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async append(access: Omit<VaultAccess, 'prev' | 'hash'>): Promise<void> {
    const next = (this.#last ?? this.#lastHash()).then(async (prev) => {
      const hash = hashOf({ ...access, prev });
      await appendFile(this.#path, `${JSON.stringify({ ...access, prev, hash })}\n`, { mode: 0o600 });
      return hash;
    });
    this.#last = next.catch(() => this.#lastHash());
    await next;
  }

  /** The oldest first; `brokenAt`: the first line (from 1) that does not follow. */
  async read(): Promise<{ readonly accesses: readonly VaultAccess[]; readonly brokenAt?: number }> {
    const text = await readFile(this.#path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    const lines = text.split('\n').filter((line) => line !== '');
    const accesses: VaultAccess[] = [];
    let prev = '';
    for (const [index, line] of lines.entries()) {
      const parsed = vaultAccess.safeParse(parsedLine(line));
      if (!parsed.success || parsed.data.prev !== prev || parsed.data.hash !== hashOf(parsed.data)) {
        return { accesses, brokenAt: index + 1 };
      }
      accesses.push(parsed.data);
      prev = parsed.data.hash;
    }
    return { accesses };
  }

  async #lastHash(): Promise<string> {
    return (await this.read()).accesses.at(-1)?.hash ?? '';
  }
}

const hashOf = ({ at, actor, action, secret, outcome, prev }: Omit<VaultAccess, 'hash'>): string =>
  createHash('sha256')
    .update(JSON.stringify([at, actor, action, secret ?? null, outcome, prev]))
    .digest('base64url');

function parsedLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
