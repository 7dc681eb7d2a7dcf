import { CreateStateMachineCommand } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { type Creator, holds } from './creator.ts';

const Inputs = z.object({
  name: z.string(),
  type: z.literal('STANDARD'),
  roleArn: z.string(),
  definition: z.string(),
  loggingConfiguration: z.object({
    level: z.enum(['ERROR', 'ALL', 'FATAL', 'OFF']),
    includeExecutionData: z.boolean(),
    logDestination: z.string(),
  }),
  tracingConfiguration: z.object({ enabled: z.boolean() }),
});

export const createStateMachine: Creator = async (resource, { clients: { states }, definition }) => {
  const inputs = Inputs.parse(resource.inputs);
  const { level, includeExecutionData, logDestination } = inputs.loggingConfiguration;
  const made = await states.send(
    new CreateStateMachineCommand({
      name: inputs.name,
      type: inputs.type,
      roleArn: inputs.roleArn,
      definition: definition(inputs.definition),
      loggingConfiguration: {
        level,
        includeExecutionData,
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: logDestination } }],
      },
      tracingConfiguration: { enabled: inputs.tracingConfiguration.enabled },
    }),
  );
  holds(resource, 'arn', made.stateMachineArn);
};
