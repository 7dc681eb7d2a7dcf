/** The user code of the scenarios, written beside their plans. It keeps a ledger of what it did, outside of Slipway. */
export const TASKS = `
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

const here = (name) => new URL('./' + name, process.env.SCENARIO_FOLDER ?? import.meta.url);
const note = (text) => appendFileSync(here('ledger.txt'), text + '\\n');
const until = async (name) => {
  while (!existsSync(here(name))) await new Promise((resolve) => setTimeout(resolve, 10));
};

/** Fails as long as the file \`broken\` is there. */
export const step = {
  effect: 'idempotent',
  async forward({ component, item, input }) {
    if (input?.holdAt === item) await until('go');
    if (input?.failAt === item && existsSync(here('broken'))) throw new Error('step ' + item + ' of ' + component + ' is broken');
    note('forward ' + component + ' ' + item);
    return { made: item };
  },
  async verify({ component, item, output }) {
    if (output?.made !== item) throw new Error('output of ' + component + ' ' + item + ' is ' + JSON.stringify(output));
    return null;
  },
  async undo({ component, item, input }) {
    if (input?.holdUndo === item) await until('back');
    note('undo ' + component + ' ' + item);
    return null;
  },
};

/** Puts what an earlier component has left into the ledger. */
export const reader = {
  effect: 'idempotent',
  async forward({ outputs }) {
    note('outputs ' + JSON.stringify(outputs));
    return null;
  },
};

/** Cannot be undone as long as the file \`broken\` is there. */
export const sticky = {
  effect: 'idempotent',
  async forward() {
    note('forward sticky');
    return null;
  },
  async undo() {
    if (existsSync(here('broken'))) throw new Error('it sticks');
    note('undo sticky');
    return null;
  },
};

/** Keys of a service that takes any: one for each request. */
export const keys = {
  effect: 'idempotent',
  forward: ({ idempotencyKey }) => ({ key: idempotencyKey }),
  verify: () => true,
  undo: () => null,
};

export const answer = () => ({ value: Number(readFileSync(here('figure.txt'), 'utf8')), sample: 10 });

export const reshape = (record) => {
  if (record.name === 'bad') throw new Error('no name');
  return { country: record.country, id: record.id, search: record.name.toLowerCase(), name: record.name };
};

/** No key of the table that it is for. */
export const numbered = (record) => ({ country: 1, id: record.id });
`;
