import type { ClassicLevel } from 'classic-level';
import { createIndexKey, createKey } from 'dynalite/db/index.js';
import * as z from 'zod';

const keySchema = z.array(z.looseObject({ AttributeName: z.string() }));
const table = z.looseObject({
  TableName: z.string(),
  TableStatus: z.string(),
  KeySchema: keySchema,
  GlobalSecondaryIndexes: z.array(z.looseObject({ IndexName: z.string(), KeySchema: keySchema })).default([]),
});
type Table = z.infer<typeof table>;
type Index = Table['GlobalSecondaryIndexes'][number];
type Item = Readonly<Record<string, unknown>>;

type Database = ClassicLevel<string, string>;

/** The tables as dynalite has stored them. Throws where one cannot be read: dynalite itself would delete it. */
export const readTables = async (database: Database): Promise<readonly Table[]> => {
  const definitions = await database.values(within('table~')).all();
  return definitions.map((text) => table.parse(JSON.parse(text)));
};

/** dynalite writes a table's status after the table, and after its answer: a process that ends between the two leaves a table that nobody can use. */
export const finishTables = async (database: Database, tables: readonly Table[]): Promise<void> => {
  for (const one of tables.filter(({ TableStatus }) => TableStatus === 'CREATING')) {
    await database.put(`table~${one.TableName}`, JSON.stringify({ ...one, TableStatus: 'ACTIVE' }));
  }
};

/**
 * Makes good what a killed process can leave half done: dynalite writes an item's index entries before the item. They follow from what
 * is there.
 */
export const repairTables = async (database: Database, tables: readonly Table[]): Promise<void> => {
  for (const one of tables) {
    for (const index of one.GlobalSecondaryIndexes) {
      await dropStaleEntries(database, one, index);
      await addMissingEntries(database, one, index);
    }
  }
};

const dropStaleEntries = async (database: Database, one: Table, index: Index): Promise<void> => {
  for await (const [key, text] of database.iterator(within(indexPrefix(one, index)))) {
    const item = JSON.parse(text) as Item;
    const current = await database.get(itemPrefix(one) + createKey(item, one));
    if (current === undefined || entryKey(one, index, JSON.parse(current) as Item) !== key) await database.del(key);
  }
};

const addMissingEntries = async (database: Database, one: Table, index: Index): Promise<void> => {
  const [hash] = index.KeySchema;
  for await (const text of database.values(within(itemPrefix(one)))) {
    // Most items are in no index; looking at the text saves parsing them.
    if (hash === undefined || !text.includes(JSON.stringify(hash.AttributeName))) continue;
    const key = entryKey(one, index, JSON.parse(text) as Item);
    if (key !== undefined && (await database.get(key)) !== text) await database.put(key, text);
  }
};

/** Undefined where the item is not in the index. */
const entryKey = (one: Table, index: Index, item: Item): string | undefined => {
  const listed = index.KeySchema.every((key) => item[key.AttributeName] !== undefined);
  return listed ? indexPrefix(one, index) + createIndexKey(item, one, index.KeySchema) : undefined;
};

const itemPrefix = (one: Table): string => `item-${one.TableName}~`;

const indexPrefix = (one: Table, index: Index): string => `index-global~${one.TableName}~${index.IndexName}~`;

/** dynalite's keys hold ASCII only after their prefix. */
const within = (prefix: string) => ({ gte: prefix, lt: `${prefix}\u007f` });
