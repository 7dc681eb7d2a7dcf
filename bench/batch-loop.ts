import { BatchWriteItemCommand, type DynamoDBClient, ScanCommand, type ScanCommandOutput } from '@aws-sdk/client-dynamodb';
import { IN_FLIGHT } from './batch-bed.ts';

const PAGE = 1000;
const CHUNK = 25;

/** The loop that a migration is compared with: it scans and BatchWrites the same records, and does nothing else. */
export async function bareLoop(client: DynamoDBClient, from: string, to: string, segments: number): Promise<number> {
  const copied = await Promise.all(
    Array.from({ length: segments }, (_, segment) => copy(client, { from, to, segment, segments })),
  );
  return copied.reduce((sum, count) => sum + count, 0);
}

interface Part {
  readonly from: string;
  readonly to: string;
  readonly segment: number;
  readonly segments: number;
}

async function copy(client: DynamoDBClient, { from, to, segment, segments }: Part): Promise<number> {
  let copied = 0;
  let ExclusiveStartKey: ScanCommandOutput['LastEvaluatedKey'];
  do {
    const page: ScanCommandOutput = await client.send(
      new ScanCommand({
        TableName: from,
        Segment: segment,
        TotalSegments: segments,
        Limit: PAGE,
        ConsistentRead: true,
        ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}),
      }),
    );
    const items = page.Items ?? [];
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < items.length) {
        const chunk = items.slice(next, next + CHUNK);
        next += CHUNK;
        await client.send(new BatchWriteItemCommand({ RequestItems: { [to]: chunk.map((Item) => ({ PutRequest: { Item } })) } }));
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
    copied += items.length;
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return copied;
}
