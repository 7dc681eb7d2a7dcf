declare module 'dynalite' {
  import type { Server } from 'node:http';

  export default function dynalite(options: {
    path: string;
    createTableMs: number;
    deleteTableMs: number;
    updateTableMs: number;
  }): Server;
}

declare module 'dynalite/db/index.js' {
  export function createKey(item: object, table: object): string;
  export function createIndexKey(item: object, table: object, keySchema: readonly object[]): string;
}
