import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import type { Creator } from './creator.ts';

const Inputs = z.object({ name: z.string(), description: z.string(), kmsKeyId: z.string().optional() });

export const createSecret: Creator = async ({ inputs }, { clients: { secrets } }) => {
  const { name, description, kmsKeyId } = Inputs.parse(inputs);
  const key = kmsKeyId === undefined ? {} : { KmsKeyId: kmsKeyId };
  await secrets.send(new CreateSecretCommand({ Name: name, Description: description, ...key }));
};
