import { EventRule } from '@pulumi/aws/cloudwatch/eventRule.js';
import { EventTarget } from '@pulumi/aws/cloudwatch/eventTarget.js';
import { Permission } from '@pulumi/aws/lambda/permission.js';
import { TopicSubscription } from '@pulumi/aws/sns/topicSubscription.js';
import { QueuePolicy } from '@pulumi/aws/sqs/queuePolicy.js';
import { all, ComponentResource, type ComponentResourceOptions, type Input } from '@pulumi/pulumi';
import type { FunctionSpec } from '../../functions/catalog/function-spec.ts';
import type { EventType } from '../../shared/ports/events.ts';
import type { PlaneContext } from '../plane-context.ts';
import { undeliveredQueuePolicy } from '../policies/resource-policies.ts';
import type { FunctionFleet } from './function-fleet.ts';
import type { GuardrailTopic } from './guardrail-topic.ts';
import type { UndeliveredQueue } from './undelivered-queue.ts';

export interface TriggersArgs {
  readonly plane: PlaneContext;
  readonly functions: readonly FunctionSpec[];
  /** Every machine of the catalog. */
  readonly machines: readonly string[];
  readonly fleet: FunctionFleet;
  readonly guardrails: GuardrailTopic;
  readonly undelivered: UndeliveredQueue;
  readonly bus: Input<string>;
}

type When =
  | { readonly scheduleExpression: string }
  | { readonly eventPattern: Input<string> /** By name; left out: the account's own. */; readonly eventBusName?: Input<string> };

/** The function knows which alarms matter; an account has few that fire. */
const ALARM: When = {
  eventPattern: JSON.stringify({
    source: ['aws.cloudwatch'],
    'detail-type': ['CloudWatch Alarm State Change'],
    detail: { state: { value: ['ALARM'] } },
  }),
};

/** What calls functions without being asked: schedules, executions that ended, and guardrails that fire. */
export class Triggers extends ComponentResource {
  readonly #name: string;
  readonly #args: TriggersArgs;

  constructor(name: string, args: TriggersArgs, options: ComponentResourceOptions = {}) {
    super('slipway:infra:Triggers', name, {}, options);
    this.#name = name;
    this.#args = args;
    const rules = args.functions.flatMap((spec) => [
      ...(spec.schedule === undefined
        ? []
        : [this.#trigger(spec, 'schedule', `Calls ${spec.name} again and again`, { scheduleExpression: spec.schedule })]),
      ...(spec.onExecutionEnd === true
        ? [this.#trigger(spec, 'execution-end', `Calls ${spec.name} when an execution has ended`, this.#executionEnd())]
        : []),
      ...(spec.onGuardrail === true
        ? [this.#trigger(spec, 'alarm', `Calls ${spec.name} when an alarm of a team fires`, ALARM)]
        : []),
    ]);
    for (const spec of args.functions) if (spec.onEvents) rules.push(this.#onEvents(spec, spec.onEvents));
    for (const spec of args.functions) if (spec.onGuardrail === true) this.#onGuardrail(spec);
    const { naming } = args.plane;
    // Of rotated secrets, which are declared beside the plane.
    const looking = naming.arns.apply((arns) => arns.own('events', `rule/${naming.rotatedSecret('*')}`));
    const policy = all([args.undelivered.arn, all([...rules.map((rule) => rule.arn), looking]), args.guardrails.arn] as const);
    new QueuePolicy(
      `${name}-undelivered-policy`,
      {
        queueUrl: args.undelivered.url,
        policy: policy.apply(([queueArn, ruleArns, topicArn]) =>
          JSON.stringify(undeliveredQueuePolicy(queueArn, ruleArns, [topicArn])),
        ),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }

  #onEvents(spec: FunctionSpec, types: readonly EventType[]): EventRule {
    const eventPattern = JSON.stringify({ source: ['slipway'], 'detail-type': types });
    const description = `Calls ${spec.name} when something happens to a run`;
    return this.#trigger(spec, 'event', description, { eventPattern, eventBusName: this.#args.bus });
  }

  #executionEnd(): When {
    const { machines, plane } = this.#args;
    return {
      eventPattern: plane.naming.arns.apply((arns) =>
        JSON.stringify({
          source: ['aws.states'],
          'detail-type': ['Step Functions Execution Status Change'],
          detail: {
            status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'],
            stateMachineArn: machines.map((machine) => arns.machine(machine)),
          },
        }),
      ),
    };
  }

  /** What could not be delivered is kept: a guardrail that nobody heard of is the worst that can be lost. */
  #onGuardrail(spec: FunctionSpec): void {
    const { fleet, guardrails, undelivered } = this.#args;
    const name = `${this.#name}-${spec.name}-guardrail`;
    const target = fleet.live(spec.name);
    const permission = new Permission(
      `${name}-permission`,
      {
        action: 'lambda:InvokeFunction',
        function: target.functionName,
        qualifier: target.name,
        principal: 'sns.amazonaws.com',
        sourceArn: guardrails.arn,
      },
      { parent: this },
    );
    new TopicSubscription(
      `${name}-subscription`,
      {
        topic: guardrails.arn,
        protocol: 'lambda',
        endpoint: target.arn,
        redrivePolicy: undelivered.arn.apply((arn) => JSON.stringify({ deadLetterTargetArn: arn })),
      },
      { parent: this, dependsOn: [permission] },
    );
  }

  #trigger(spec: FunctionSpec, kind: string, description: string, when: When): EventRule {
    const { plane, fleet, undelivered } = this.#args;
    const { naming } = plane;
    const name = `${this.#name}-${spec.name}-${kind}`;
    const target = fleet.live(spec.name);
    const rule = new EventRule(
      `${name}-rule`,
      { name: naming.part(`${spec.name}-${kind}`), description, ...when, tags: naming.tags },
      { parent: this },
    );
    const permission = new Permission(
      `${name}-permission`,
      {
        action: 'lambda:InvokeFunction',
        function: target.functionName,
        qualifier: target.name,
        principal: 'events.amazonaws.com',
        sourceArn: rule.arn,
      },
      { parent: this },
    );
    new EventTarget(
      `${name}-target`,
      {
        rule: rule.name,
        ...('eventBusName' in when ? { eventBusName: when.eventBusName } : {}),
        arn: target.arn,
        deadLetterConfig: { arn: undelivered.arn },
        retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
      },
      { parent: this, dependsOn: [permission] },
    );
    return rule;
  }
}
