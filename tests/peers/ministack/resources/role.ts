import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { z } from 'zod';
import { type Creator, holds } from './creator.ts';

const Inputs = z.object({ name: z.string(), assumeRolePolicy: z.string() });

export const createRole: Creator = async (resource, { clients: { iam } }) => {
  const { name, assumeRolePolicy } = Inputs.parse(resource.inputs);
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: assumeRolePolicy }));
  holds(resource, 'arn', Role?.Arn);
};

const Policy = z.object({ role: z.string(), policy: z.string() });

export const allowRole: Creator = async ({ inputs, name }, { clients: { iam }, policy: translated }) => {
  const { role, policy } = Policy.parse(inputs);
  await iam.send(new PutRolePolicyCommand({ RoleName: role, PolicyName: name, PolicyDocument: translated(policy) }));
};
