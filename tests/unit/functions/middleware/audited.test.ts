import { describe, expect, it } from 'vitest';
import { LineTelemetry } from '../../../../adapters/telemetry/line-telemetry.ts';
import type { Deps } from '../../../../functions/deps.ts';
import { create as getOpenapi } from '../../../../functions/get-openapi/index.ts';
import { logContext } from '../../../../functions/middleware/invocation.ts';
import type { LambdaHandler } from '../../../../functions/middleware/lambda-handler.ts';
import { create as pauseRun } from '../../../../functions/pause-run/index.ts';
import { memoryDeps } from '../memory-deps.ts';

const facts = { service: 'slipway', environment: 'test', version: '3' };
const context = { awsRequestId: 'r1', functionName: 'f', getRemainingTimeInMillis: () => 5000 };
const RUN = '01jd2ek0v0000000000000000a';

async function auditOf(create: (deps: Deps) => LambdaHandler, roles: readonly string[]): Promise<Record<string, unknown>[]> {
  const lines: Record<string, unknown>[] = [];
  const telemetry = new LineTelemetry({
    clock: { now: () => 0 },
    level: 'error',
    context: () => logContext(facts),
    write: () => {},
    writeAudit: (line) => lines.push(JSON.parse(line)),
    measure: () => {},
  });
  const monitor = { begin: () => () => ({ cpuMs: 0, rssMb: 0, crossed: [] }), figures: () => ({ cpuMs: 0, rssMb: 0 }) };
  const deps = memoryDeps({ observer: { facts, telemetry, monitor, debugShare: 0 } });
  const authorizer = { lambda: { actor: 'ann@example.com', roles } };
  const event = { pathParameters: { runId: RUN }, headers: {}, requestContext: { authorizer } };
  await create(deps)(create === getOpenapi ? { ...event, pathParameters: {} } : event, context);
  return lines;
}

describe('the audit log', () => {
  it('has who asked for a change, what it was about and how it ended, whatever the level of the log', async () => {
    expect(await auditOf(pauseRun, ['*:admin'])).toMatchObject([
      {
        ...{ log: 'audit', action: 'POST /v1/runs/{runId}/pause', actor: 'ann@example.com', runId: RUN },
        ...{ status: 404, outcome: 'refused', code: 'RUN_NOT_FOUND', function_request_id: 'r1' },
      },
    ]);
  });

  it('has whoever was not let in, once, also where they only wanted to read', async () => {
    expect(await auditOf(getOpenapi, [])).toMatchObject([
      { outcome: 'denied', actor: 'ann@example.com', action: 'GET /openapi.json' },
    ]);
  });

  it('has no reads that were answered', async () => {
    expect(await auditOf(getOpenapi, ['*:viewer'])).toEqual([]);
  });
});
