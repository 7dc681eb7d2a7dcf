import {
  cloudWatchClient,
  dynamoClient,
  eventBridgeClient,
  lambdaClient,
  s3Client,
  schedulerClient,
  secretsManagerClient,
  snsClient,
  stepFunctionsClient,
} from '../adapters/aws/clients.ts';
import { CloudWatchAlarms } from '../adapters/aws/cloudwatch-alarms.ts';
import { CloudWatchMetrics } from '../adapters/aws/cloudwatch-metrics.ts';
import { DynamoStore } from '../adapters/aws/dynamo-store.ts';
import { DynamoTables } from '../adapters/aws/dynamo-tables.ts';
import { EventBus } from '../adapters/aws/event-bus.ts';
import { EventBridgeScheduler } from '../adapters/aws/eventbridge-scheduler.ts';
import { lambdaTransform } from '../adapters/aws/lambda-transform.ts';
import { LambdaUserCode } from '../adapters/aws/lambda-user-code.ts';
import { S3Artefacts } from '../adapters/aws/s3-artefacts.ts';
import { SecretFunctions } from '../adapters/aws/secret-functions.ts';
import { SecretsManager } from '../adapters/aws/secrets-manager.ts';
import { SecretsManagerRotations } from '../adapters/aws/secrets-manager-rotations.ts';
import { SnsNotifier } from '../adapters/aws/sns-notifier.ts';
import { StepFunctionsWorkflow } from '../adapters/aws/step-functions-workflow.ts';
import { webhookKeySecret } from '../adapters/aws/webhook-key-secret.ts';
import { systemClock } from '../adapters/embedded/system-clock.ts';
import { systemIds } from '../adapters/embedded/system-ids.ts';
import { fetchHttp } from '../adapters/http/fetch-http.ts';
import { guardedSender } from '../adapters/http/guarded-sender.ts';
import { DEFAULT_LIMITS } from '../shared/admission/default-limits.ts';
import type { FunctionFact } from '../shared/plan/references.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { Ids } from '../shared/ports/ids.ts';
import { knownSecrets } from '../shared/redaction/known-secrets.ts';
import { awsObserver } from './aws-observer.ts';
import type { CodeSource, Deps } from './deps.ts';
import { readEnvironment } from './environment.ts';
import { forbidden } from './forbidden.ts';
import { meter } from './middleware/current-meter.ts';
import { countedArtefacts, countedCall, countedEvents } from './observer.ts';
import { type RotatedNames, rotatorOf, secretsOfEnvironment } from './secrets-of-environment.ts';
import { type TaskFunctions, taskFunction } from './task-function.ts';

/**
 * Whether the function calls a service, by the prefix of its actions: infra/bundle.ts puts in what functions/catalog permits, so
 * that a bundle holds no client in vain.
 */
declare const SLIPWAY_CALLS: {
  readonly [service in
    | 'dynamodb'
    | 's3'
    | 'events'
    | 'states'
    | 'lambda'
    | 'cloudwatch'
    | 'sns'
    | 'scheduler'
    | 'secretsmanager']: boolean;
};

const COUNTED = { around: countedCall };

/** What a deployed function reaches, by its environment. Clients are made here once for each sandbox. */
export function awsDeps(env: { readonly [name: string]: string | undefined }): Deps {
  knownSecrets.addEnvironment(env);
  const environment = readEnvironment(env);
  const {
    name,
    table,
    bucket,
    bus,
    machines,
    guardrailTopic,
    alertTopic,
    tasks,
    access,
    timers,
    retention,
    auditRetention,
    webhookKey,
    rotated,
  } = environment;
  const clock = systemClock;
  const ids = systemIds();
  return {
    clock,
    ids,
    ...(SLIPWAY_CALLS.dynamodb ? stored(clock, ids, table) : { store: forbidden('store'), tables: forbidden('tables') }),
    artefacts: SLIPWAY_CALLS.s3
      ? countedArtefacts(new S3Artefacts({ client: s3Client(COUNTED), bucket }))
      : forbidden('artefacts'),
    events: SLIPWAY_CALLS.events
      ? countedEvents(new EventBus({ client: eventBridgeClient(COUNTED), bus, clock }))
      : forbidden('events'),
    workflow: SLIPWAY_CALLS.states
      ? new StepFunctionsWorkflow({ client: stepFunctionsClient(COUNTED), machines })
      : forbidden('executions'),
    http: fetchHttp,
    scheduler: SLIPWAY_CALLS.scheduler
      ? new EventBridgeScheduler({ client: schedulerClient(), clock, ...timers })
      : forbidden('timers'),
    ...(SLIPWAY_CALLS.cloudwatch
      ? watching(clock, ids, guardrailTopic)
      : { metrics: forbidden('metrics'), alarms: forbidden('alarms') }),
    notifier: SLIPWAY_CALLS.sns
      ? new SnsNotifier({ client: snsClient(COUNTED), topic: alertTopic ?? '' })
      : forbidden('the alert topic'),
    sender: SLIPWAY_CALLS.secretsmanager ? guardedSender() : forbidden('webhooks'),
    webhookKey: SLIPWAY_CALLS.secretsmanager
      ? webhookKeySecret({ secrets: new SecretsManager({ client: secretsManagerClient(COUNTED) }), secret: webhookKey ?? '' })
      : forbidden('the key of webhooks'),
    oldCredentials: SLIPWAY_CALLS.lambda ? rotators(clock, rotated) : forbidden('rotated secrets'),
    ...(SLIPWAY_CALLS.secretsmanager
      ? rotatedSecrets(rotated)
      : { secrets: forbidden('secrets'), rotations: forbidden('rotations') }),
    code: SLIPWAY_CALLS.lambda ? declaredTasks(clock, tasks) : forbidden('user code'),
    environment: name,
    access,
    observer: awsObserver(environment, clock),
    meter,
    limits: DEFAULT_LIMITS,
    retention,
    auditRetention,
  };
}

/** Deployed, a plan names declared Tasks: Lambda functions of their own, by their names. Files beside the plan are not there. */
function declaredTasks(clock: Clock, named: TaskFunctions): CodeSource {
  const functions = {
    client: lambdaClient(COUNTED),
    clock,
    functionOf: (task: string) => taskFunction(named, task),
  };
  const code = new LambdaUserCode(functions);
  const fact = async (ref: string): Promise<FunctionFact> => (await code.shape(ref)) ?? 'missing-file';
  return {
    userCode: () => code,
    transform: async (_baseDir, ref, until) => lambdaTransform(functions, ref, until),
    facts: async (_baseDir, references) => {
      const names = [...new Set(references.map(({ name }) => name))];
      return { functions: new Map(await Promise.all(names.map(async (ref) => [ref, await fact(ref)] as const))) };
    },
  };
}

const rotators = (clock: Clock, names: RotatedNames): SecretFunctions =>
  new SecretFunctions({ client: lambdaClient(COUNTED), clock, functionOf: (secretId) => rotatorOf(names, secretId) });

function rotatedSecrets(names: RotatedNames): Pick<Deps, 'secrets' | 'rotations'> {
  const client = secretsManagerClient(COUNTED);
  const secrets = secretsOfEnvironment(new SecretsManager({ client }), names);
  return { secrets, rotations: new SecretsManagerRotations({ client, secrets }) };
}

function stored(clock: Clock, ids: Ids, table: string): Pick<Deps, 'store' | 'tables'> {
  const client = dynamoClient(COUNTED);
  return { store: new DynamoStore({ client, table, clock }), tables: new DynamoTables({ client, clock, ids }) };
}

function watching(clock: Clock, ids: Ids, topic = ''): Pick<Deps, 'metrics' | 'alarms'> {
  const client = cloudWatchClient(COUNTED);
  return { metrics: new CloudWatchMetrics({ client, clock, ids }), alarms: new CloudWatchAlarms({ client, clock, ids, topic }) };
}
