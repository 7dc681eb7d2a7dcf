import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';

/** Seconds: between two looks, and in all. */
const PATIENCE = { minDelay: 0.01, maxDelay: 1, maxWaitTime: 60 };

/**
 * Creates a table, unless there is one of that name, and waits until it can be used: CreateTable answers before, and what is asked of the
 * table meanwhile is refused as if there was none.
 */
export async function createTable(client: DynamoDBClient, table: CreateTableCommandInput): Promise<void> {
  try {
    await client.send(new CreateTableCommand(table));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  await waitUntilTableExists({ client, ...PATIENCE }, { TableName: table.TableName });
}
