import { CreateSecretCommand, RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import type { Creator } from './creator.ts';

const Inputs = z.object({ name: z.string(), description: z.string(), kmsKeyId: z.string().optional() });

/** Who was told its ARN has another end of it: the six characters are the peer's own. */
export const createSecret: Creator = async ({ inputs, outputs }, { clients: { secrets }, ids }) => {
  const { name, description, kmsKeyId } = Inputs.parse(inputs);
  const key = kmsKeyId === undefined ? {} : { KmsKeyId: kmsKeyId };
  const made = await secrets.send(new CreateSecretCommand({ Name: name, Description: description, ...key }));
  if (made.ARN !== undefined) ids.set(String(outputs['arn']), made.ARN);
};

const Rotation = z.object({
  secretId: z.string(),
  rotationLambdaArn: z.string(),
  rotationRules: z.object({ automaticallyAfterDays: z.number() }),
  rotateImmediately: z.literal(false),
});

export const scheduleRotation: Creator = async ({ inputs }, { clients: { secrets }, ids }) => {
  const { secretId, rotationLambdaArn, rotationRules } = Rotation.parse(inputs);
  await secrets.send(
    new RotateSecretCommand({
      SecretId: ids.get(secretId) ?? secretId,
      RotationLambdaARN: rotationLambdaArn,
      RotationRules: { AutomaticallyAfterDays: rotationRules.automaticallyAfterDays },
      RotateImmediately: false,
    }),
  );
};
