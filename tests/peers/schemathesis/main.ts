import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startControlPlane } from '../../../local/control-plane.ts';

const PROGRAM = fileURLToPath(new URL('../../../.venv-peers/bin/schemathesis', import.meta.url));
const CONFIG = fileURLToPath(new URL('./schemathesis.toml', import.meta.url));
const INSTALL = 'python3 -m venv .venv-peers && .venv-peers/bin/pip install -r tests/peers/schemathesis/requirements.txt';

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
  const plane = await startControlPlane({ dataDir, port: 0, log: (line) => faults.push(line) });
  try {
    const arguments_ = [
      ...['--config-file', CONFIG, 'run', `${plane.url}/openapi.json`, '--header', `authorization: Bearer ${plane.token}`],
      ...['--max-time', values.seconds, '--seed', values.seed, '--generation-database', 'none', '--checks', 'all'],
    ];
    const [code] = await once(spawn(PROGRAM, arguments_, { cwd: dataDir, stdio: 'inherit' }), 'exit');
    for (const fault of faults) console.log(`fault: ${fault}`);
    return code === 0 && faults.length === 0 ? 0 : 1;
  } finally {
    await plane.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

process.exitCode = await main();
