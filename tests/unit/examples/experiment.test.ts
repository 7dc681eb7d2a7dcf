import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { experiment } from '../../../shared/experiments/experiment.ts';

const file = join(import.meta.dirname, '../../../examples/experiment/search-orders.json');

it('the example of an experiment can be started as it is', async () => {
  const asked = experiment.parse(JSON.parse(await readFile(file, 'utf8')));
  expect(asked.measures.filter(({ primary }) => primary).map(({ name }) => name)).toEqual(['orders']);
});
