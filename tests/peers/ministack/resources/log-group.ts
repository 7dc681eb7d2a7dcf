import { CreateLogGroupCommand, PutRetentionPolicyCommand } from '@aws-sdk/client-cloudwatch-logs';
import { z } from 'zod';
import type { Creator } from './creator.ts';

const Inputs = z.object({ name: z.string(), retentionInDays: z.number() });

export const createLogGroup: Creator = async ({ inputs }, { clients: { logs } }) => {
  const { name, retentionInDays } = Inputs.parse(inputs);
  await logs.send(new CreateLogGroupCommand({ logGroupName: name }));
  await logs.send(new PutRetentionPolicyCommand({ logGroupName: name, retentionInDays }));
};
