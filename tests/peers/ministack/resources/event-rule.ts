import { CreateEventBusCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { z } from 'zod';
import { type Creator, holds } from './creator.ts';

const Bus = z.object({ name: z.string(), description: z.string() });

export const createEventBus: Creator = async (resource, { clients: { events } }) => {
  const { name, description } = Bus.parse(resource.inputs);
  const { EventBusArn } = await events.send(new CreateEventBusCommand({ Name: name, Description: description }));
  holds(resource, 'arn', EventBusArn);
};

const Rule = z.object({
  name: z.string(),
  description: z.string(),
  eventPattern: z.string().optional(),
  scheduleExpression: z.string().optional(),
  eventBusName: z.string().optional(),
});

export const createEventRule: Creator = async (resource, { clients: { events } }) => {
  const { name, description, eventPattern, scheduleExpression, eventBusName } = Rule.parse(resource.inputs);
  const { RuleArn } = await events.send(
    new PutRuleCommand({
      Name: name,
      Description: description,
      EventPattern: eventPattern,
      ScheduleExpression: scheduleExpression,
      EventBusName: eventBusName,
    }),
  );
  holds(resource, 'arn', RuleArn);
};

const Target = z.object({
  rule: z.string(),
  arn: z.string(),
  input: z.string().optional(),
  eventBusName: z.string().optional(),
  deadLetterConfig: z.object({ arn: z.string() }).optional(),
  retryPolicy: z.object({ maximumEventAgeInSeconds: z.number(), maximumRetryAttempts: z.number() }).optional(),
});

export const aimRule: Creator = async ({ inputs, name }, { clients: { events } }) => {
  const { rule, arn, input, eventBusName, deadLetterConfig, retryPolicy } = Target.parse(inputs);
  const { FailedEntryCount } = await events.send(
    new PutTargetsCommand({
      Rule: rule,
      EventBusName: eventBusName,
      Targets: [
        {
          Id: name,
          Arn: arn,
          Input: input,
          DeadLetterConfig: deadLetterConfig && { Arn: deadLetterConfig.arn },
          RetryPolicy: retryPolicy && {
            MaximumEventAgeInSeconds: retryPolicy.maximumEventAgeInSeconds,
            MaximumRetryAttempts: retryPolicy.maximumRetryAttempts,
          },
        },
      ],
    }),
  );
  if (FailedEntryCount !== 0) throw new Error(`${name} was refused as a target of ${rule}.`);
};
