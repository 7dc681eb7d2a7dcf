import { CreateTableCommand, UpdateContinuousBackupsCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import { type Creator, holds } from './creator.ts';

const Inputs = z.object({
  name: z.string(),
  billingMode: z.enum(['PAY_PER_REQUEST', 'PROVISIONED']),
  hashKey: z.string(),
  rangeKey: z.string(),
  attributes: z.array(z.object({ name: z.string(), type: z.enum(['S', 'N', 'B']) })),
  globalSecondaryIndexes: z.array(
    z.object({
      name: z.string(),
      hashKey: z.string(),
      rangeKey: z.string(),
      projectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
    }),
  ),
  ttl: z.object({ attributeName: z.string(), enabled: z.boolean() }),
  pointInTimeRecovery: z.object({ enabled: z.boolean() }),
  deletionProtectionEnabled: z.boolean(),
});

const keys = ({ hashKey, rangeKey }: { readonly hashKey: string; readonly rangeKey: string }) => [
  { AttributeName: hashKey, KeyType: 'HASH' as const },
  { AttributeName: rangeKey, KeyType: 'RANGE' as const },
];

export const createTable: Creator = async (resource, { clients: { dynamo } }) => {
  const inputs = Inputs.parse(resource.inputs);
  const made = await dynamo.send(
    new CreateTableCommand({
      TableName: inputs.name,
      BillingMode: inputs.billingMode,
      KeySchema: keys(inputs),
      AttributeDefinitions: inputs.attributes.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
      GlobalSecondaryIndexes: inputs.globalSecondaryIndexes.map((index) => ({
        IndexName: index.name,
        KeySchema: keys(index),
        Projection: { ProjectionType: index.projectionType },
      })),
      DeletionProtectionEnabled: inputs.deletionProtectionEnabled,
    }),
  );
  holds(resource, 'arn', made.TableDescription?.TableArn);
  const { attributeName, enabled } = inputs.ttl;
  await dynamo.send(
    new UpdateTimeToLiveCommand({
      TableName: inputs.name,
      TimeToLiveSpecification: { AttributeName: attributeName, Enabled: enabled },
    }),
  );
  await dynamo.send(
    new UpdateContinuousBackupsCommand({
      TableName: inputs.name,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: inputs.pointInTimeRecovery.enabled },
    }),
  );
};
