import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { functions } from '../../functions/catalog.ts';
import { machines } from '../../statemachines/catalog.ts';
import { lintMachine, type MachineProblem } from './machine-rules.ts';

/** Prints every problem of the state machines, and ends with 1 where there is one. */
const problems = machines.flatMap((machine): MachineProblem[] => {
  const file = fileURLToPath(new URL(`../../statemachines/${machine.name}.asl.json`, import.meta.url));
  return lintMachine(readFileSync(file, 'utf8'), machine, functions);
});

for (const { machine, state, message } of problems) {
  console.error(`statemachines/${machine}.asl.json ${state === '' ? '' : `${state}: `}${message}`);
}
console.log(`${machines.length} state machines, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
