import { writeFileSync } from 'node:fs';
import { inventoryFile, inventoryOf, missingFrom, readInventory } from './inventory.ts';
import { graphOfStack, STACKS } from './stack-graphs.ts';

for (const stack of STACKS) {
  const before = readInventory(stack);
  const after = inventoryOf(await graphOfStack(stack));
  for (const gone of missingFrom(after, before)) console.log(`${stack}: - ${gone}`);
  for (const added of missingFrom(before, after)) console.log(`${stack}: + ${added}`);
  writeFileSync(inventoryFile(stack), `${JSON.stringify(after, undefined, 2)}\n`);
}
