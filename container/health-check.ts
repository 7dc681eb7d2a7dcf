import { readFile } from 'node:fs/promises';

/** Whether the control plane of the data directory `.slipway` here is well: exit code 0, or 1 and the reason on stderr. */
const kept = (name: string): Promise<string> => readFile(`.slipway/${name}`, 'utf8');

try {
  const { url } = JSON.parse(await kept('endpoint.json')) as { readonly url: string };
  const response = await fetch(`${url}/v1/health`, {
    headers: { authorization: `Bearer ${(await kept('token')).trim()}` },
    signal: AbortSignal.timeout(4000),
  });
  const health = (await response.json()) as { readonly status?: string };
  if (!response.ok) throw new Error(`The control plane answered ${response.status}: ${JSON.stringify(health)}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
