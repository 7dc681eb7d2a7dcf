import { MemoryTables } from '../../adapters/memory/tables.ts';
import { tablesContract } from './tables-contract.ts';

tablesContract('memory', async () => {
  const tables = new MemoryTables();
  return {
    tables,
    create: async (table, keys) =>
      tables.create(
        table,
        keys.map((key) => key.name),
      ),
    close: async () => {},
  };
});
