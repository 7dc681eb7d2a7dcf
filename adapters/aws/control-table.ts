import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import type { IndexName } from '../../shared/ports/store.ts';

const INDEXES: readonly IndexName[] = ['listing', 'open'];

/** The table behind the store as `CreateTable` wants it: string keys `pk` and `sk`, and the two sparse indexes. */
export const controlTable = (name: string): CreateTableCommandInput => ({
  TableName: name,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: ['pk', 'sk', ...INDEXES.flatMap((index) => [index, `${index}Sort`])].map((attribute) => ({
    AttributeName: attribute,
    AttributeType: 'S',
  })),
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: INDEXES.map((index) => ({
    IndexName: index,
    KeySchema: [
      { AttributeName: index, KeyType: 'HASH' },
      { AttributeName: `${index}Sort`, KeyType: 'RANGE' },
    ],
    Projection: { ProjectionType: 'ALL' },
  })),
});
