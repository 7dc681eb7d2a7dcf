import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  PutFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda';
import { z } from 'zod';
import { type Creator, holds } from './creator.ts';

const Inputs = z.object({
  name: z.string(),
  description: z.string(),
  runtime: z.literal('nodejs24.x'),
  architectures: z.array(z.enum(['arm64', 'x86_64'])),
  handler: z.string(),
  memorySize: z.number(),
  timeout: z.number(),
  role: z.string(),
  publish: z.boolean(),
  environment: z.object({ variables: z.record(z.string(), z.string()) }),
  loggingConfig: z.object({ logFormat: z.literal('JSON'), applicationLogLevel: z.literal('TRACE'), logGroup: z.string() }),
  tracingConfig: z.object({ mode: z.enum(['Active', 'PassThrough']) }),
  deadLetterConfig: z.object({ targetArn: z.string() }).optional(),
  reservedConcurrentExecutions: z.number().optional(),
});

export const createFunction: Creator = async (resource, { clients: { lambda }, code, environment }) => {
  const inputs = Inputs.parse(resource.inputs);
  const made = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: inputs.name,
      Description: inputs.description,
      Runtime: inputs.runtime,
      Architectures: inputs.architectures,
      Handler: inputs.handler,
      MemorySize: inputs.memorySize,
      Timeout: inputs.timeout,
      Role: inputs.role,
      Publish: inputs.publish,
      Environment: { Variables: await environment(inputs.name, inputs.environment.variables) },
      LoggingConfig: {
        LogFormat: inputs.loggingConfig.logFormat,
        ApplicationLogLevel: inputs.loggingConfig.applicationLogLevel,
        LogGroup: inputs.loggingConfig.logGroup,
      },
      TracingConfig: { Mode: inputs.tracingConfig.mode },
      ...(inputs.deadLetterConfig && { DeadLetterConfig: { TargetArn: inputs.deadLetterConfig.targetArn } }),
      Code: { ZipFile: await code(inputs.name) },
    }),
  );
  if (inputs.publish) holds(resource, 'version', made.Version);
  if (inputs.reservedConcurrentExecutions === undefined) return;
  const reserved = { FunctionName: inputs.name, ReservedConcurrentExecutions: inputs.reservedConcurrentExecutions };
  await lambda.send(new PutFunctionConcurrencyCommand(reserved));
};

const Alias = z.object({ name: z.string(), description: z.string(), functionName: z.string(), functionVersion: z.string() });

export const createAlias: Creator = async (resource, { clients: { lambda } }) => {
  const { name, description, functionName, functionVersion } = Alias.parse(resource.inputs);
  const alias = { Name: name, Description: description, FunctionName: functionName, FunctionVersion: functionVersion };
  const { AliasArn } = await lambda.send(new CreateAliasCommand(alias));
  holds(resource, 'arn', AliasArn);
};

const Permission = z.object({
  action: z.string(),
  function: z.string(),
  qualifier: z.string().optional(),
  principal: z.string(),
  sourceArn: z.string(),
  sourceAccount: z.string().optional(),
});

export const permitCaller: Creator = async ({ inputs, name }, { clients: { lambda }, ids }) => {
  const permission = Permission.parse(inputs);
  await lambda.send(
    new AddPermissionCommand({
      FunctionName: permission.function,
      Qualifier: permission.qualifier,
      StatementId: name,
      Action: permission.action,
      Principal: permission.principal,
      SourceArn: ids.get(permission.sourceArn) ?? permission.sourceArn,
      SourceAccount: permission.sourceAccount,
    }),
  );
};
