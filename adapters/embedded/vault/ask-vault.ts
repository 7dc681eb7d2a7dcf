import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { SlipwayError } from '../../../shared/errors/slipway-error.ts';
import { type VaultAnswer, type VaultRequest, vaultAnswers, vaultRefusal } from './vault-calls.ts';

/** The agent refused, or there is none. */
export class VaultRefusedError extends SlipwayError {
  override readonly name = 'VaultRefusedError';
  override readonly code: string;

  constructor(code: string, message: string, next: string | undefined) {
    super(message, next === undefined ? {} : { next });
    this.code = code;
  }
}

const PATIENCE_MS = 60_000;

/** Asks the agent at a socket. Throws VaultRefusedError; with VAULT_LOCKED where nobody listens there. */
export async function askVault<Request extends VaultRequest>(
  socket: string,
  call: Request,
): Promise<VaultAnswer<Request['call']>> {
  const connection = connect(socket);
  try {
    await once(connection, 'connect').catch(() => {
      throw new VaultRefusedError('VAULT_LOCKED', 'The vault is locked.', 'slipway vault unlock');
    });
    connection.setTimeout(PATIENCE_MS, () => connection.destroy(new Error('no answer in time')));
    const lines = createInterface({ input: connection });
    const answered = once(lines, 'line') as Promise<[string]>;
    const left = once(lines, 'close').then(() => undefined);
    connection.write(`${JSON.stringify(call)}\n`);
    const line = await Promise.race([answered, left]);
    if (line === undefined)
      throw new VaultRefusedError('VAULT_LOCKED', 'The vault was locked meanwhile.', 'slipway vault unlock');
    const answer: unknown = JSON.parse(line[0]);
    const refused = vaultRefusal.safeParse(answer);
    if (refused.success) {
      const { code, message, next } = refused.data.error;
      throw new VaultRefusedError(code, message, next);
    }
    return vaultAnswers[call.call].parse(answer) as VaultAnswer<Request['call']>;
  } finally {
    connection.destroy();
  }
}
