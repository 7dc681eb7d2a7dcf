import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startControlPlane } from '../../../local/control-plane.ts';
import { UnlockedVault } from '../../scenarios/unlocked-vault.ts';
import { expectedStatuses } from './expected-statuses.ts';

const PROGRAM = fileURLToPath(new URL('../../../.venv-peers/bin/schemathesis', import.meta.url));
const CONFIG = new URL('./schemathesis.toml', import.meta.url);
const HOOKS = fileURLToPath(new URL('./hooks.py', import.meta.url));
const INSTALL = 'python3 -m venv .venv-peers && .venv-peers/bin/pip install -r tests/peers/schemathesis/requirements.txt';

/** Alerts are told to the console too: runs that an emergency stop ends are no faults. */
const OF_ALERTS = /^(?:\[(?:info|warning|critical)\] | {2})/;

/** `npm run test:fuzz -- [--seconds N] [--seed N]`: Schemathesis against an embedded control plane of its own. 0: it finds nothing. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { seconds: { type: 'string', default: '120' }, seed: { type: 'string', default: '1' } },
  });
  if (!existsSync(PROGRAM)) {
    console.log(`skipped: Schemathesis is not installed; ${INSTALL}`);
    return process.env['CI'] === 'true' ? 1 : 0;
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'slipway-fuzz-'));
  const faults: string[] = [];
  const config = join(dataDir, 'schemathesis.toml');
  await writeFile(config, `${await readFile(CONFIG, 'utf8')}\n${expectedStatuses()}`);
  const log = (line: string) => void (OF_ALERTS.test(line) || faults.push(line));
  const plane = await startControlPlane({ dataDir, port: 0, log });
  const vault = await UnlockedVault.open(dataDir);
  try {
    const arguments_ = [
      ...['--config-file', config, 'run', `${plane.url}/openapi.json`],
      // Its probes without a token leave out the name as they write it: another case, and they would have the token.
      ...['--header', `Authorization: Bearer ${plane.token}`],
      ...['--max-time', values.seconds, '--seed', values.seed, '--generation-database', 'none', '--checks', 'all'],
    ];
    const env = { ...process.env, SCHEMATHESIS_HOOKS: HOOKS };
    const [code] = await once(spawn(PROGRAM, arguments_, { cwd: dataDir, stdio: 'inherit', env }), 'exit');
    for (const fault of faults) console.log(`fault: ${fault}`);
    return code === 0 && faults.length === 0 ? 0 : 1;
  } finally {
    await vault.lock();
    await plane.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

process.exitCode = await main();
