import { readFile } from 'node:fs/promises';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { DynamoTables } from '../../../adapters/aws/dynamo-tables.ts';
import { systemClock } from '../../../adapters/embedded/system-clock.ts';
import { systemIds } from '../../../adapters/embedded/system-ids.ts';
import { cityTables } from '../../../examples/cities/city.ts';
import { loadCities } from '../../../examples/cities/load.ts';
import { DataTables } from '../../scenarios/data-tables.ts';
import type { PeerPlane } from './peer-plane.ts';

const CITIES = 2000;
const TWO_MINUTES = 120_000;

/** The plan of the example, its transform named as the Task that it is deployed as. */
async function citiesPlan() {
  const text = await readFile(new URL('../../../examples/cities/plan.yaml', import.meta.url), 'utf8');
  return { text: text.replace('./transform.ts#toPlace', 'toPlace'), file: 'plan.yaml' };
}

async function prepare(plane: PeerPlane): Promise<void> {
  const { dynamo } = plane.clients;
  for (const [TableName, { keys }] of Object.entries(cityTables)) {
    const named = Object.entries(keys);
    await dynamo.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: named.map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
        KeySchema: named.map(([AttributeName], index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
      }),
    );
  }
  const tables = new DynamoTables({ client: dynamo, clock: systemClock, ids: systemIds() });
  await loadCities(tables, { table: 'cities', limit: CITIES, deadline: Date.now() + TWO_MINUTES });
}

/** The example plan, from the real cities to a proven table and back. */
export function citiesScenario(deployed: () => PeerPlane): void {
  describe('the cities plan', () => {
    it(`migrates ${CITIES} cities, proves every one, and goes back to the empty table`, { timeout: TWO_MINUTES }, async () => {
      const plane = deployed();
      await plane.clear();
      await prepare(plane);
      const tables = new DataTables(plane);
      const started = await plane.call('start-run', { plan: await citiesPlan() });
      const runId = started.dryRun ? '' : started.run.id;

      const done = await plane.ended(runId);
      expect(done).toMatchObject({ status: 'succeeded', reason: 'Every component completed', locks: [] });
      expect(done.totals.records).toEqual({ read: CITIES, written: CITIES, quarantined: 0, kept: 0 });
      expect(done.totals.verification).toEqual({ compared: CITIES, mismatches: 0 });
      expect(await tables.all('places')).toHaveLength(CITIES);

      await plane.call('rollback-run', { runId, reason: 'as it was' });
      const back = await plane.ended(runId);
      expect(back).toMatchObject({ status: 'rolled-back', notUndone: [], locks: [] });
      expect(await tables.all('places')).toEqual([]);
      expect(await plane.call('get-timeline', { runId, limit: 1000 })).toMatchObject({ broken: [], more: false });
    });
  });
}
