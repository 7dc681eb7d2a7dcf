import { randomBytes } from 'node:crypto';
import { dynamoClient, eventBridgeClient, secretsManagerClient, stepFunctionsClient } from '../../adapters/aws/clients.ts';
import { DynamoStore } from '../../adapters/aws/dynamo-store.ts';
import { EventBus } from '../../adapters/aws/event-bus.ts';
import { rotationSchedule } from '../../adapters/aws/rotation-schedule.ts';
import { SecretsManager } from '../../adapters/aws/secrets-manager.ts';
import { StepFunctionsWorkflow } from '../../adapters/aws/step-functions-workflow.ts';
import { systemClock } from '../../adapters/embedded/system-clock.ts';
import { systemIds } from '../../adapters/embedded/system-ids.ts';
import { knownSecrets } from '../../shared/redaction/known-secrets.ts';
import { makeValue } from '../../shared/secrets/make-value.ts';
import { declaredSettings } from '../../shared/secrets/rotation/declared-settings.ts';
import { lateFrom } from '../../shared/secrets/rotation/late-from.ts';
import type { RotatedSystem } from '../../shared/secrets/rotation/rotated-system.ts';
import type { RotationPolicy } from '../../shared/secrets/rotation/rotation-settings.ts';
import { awsObserver } from '../aws-observer.ts';
import type { LambdaHandler } from '../middleware/lambda-handler.ts';
import { countedCall, countedEvents } from '../observer.ts';
import { type RotationEnvironment, readRotationEnvironment } from './rotation-environment.ts';
import { rotationFunction } from './rotation-function.ts';

const COUNTED = { around: countedCall };

/** The handler of a bundle that knows one system: what it reaches, by its environment. */
export function rotationOnAws(systemOf: (environment: RotationEnvironment) => RotatedSystem): LambdaHandler {
  knownSecrets.addEnvironment(process.env);
  const environment = readRotationEnvironment(process.env);
  const { name, table, bus, revokeMachine } = environment;
  const clock = systemClock;
  const ids = systemIds();
  const secretsClient = secretsManagerClient(COUNTED);
  const reached = {
    ...{ clock, ids, system: systemOf(environment), secrets: new SecretsManager({ client: secretsClient }) },
    store: new DynamoStore({ client: dynamoClient(COUNTED), table, clock }),
    events: countedEvents(new EventBus({ client: eventBridgeClient(COUNTED), bus, clock })),
    workflow: new StepFunctionsWorkflow({ client: stepFunctionsClient(COUNTED), machines: { revoke: revokeMachine } }),
  };
  const settingsOf = (secretId: string) =>
    // A new object: what is flushed in one call is not in the next.
    declaredSettings({ ...reached }, { secretId, environment: name }, policyOf(environment));
  return rotationFunction({
    ...{ clock, ids, observer: awsObserver(environment, clock), now: () => clock.now() },
    rotation: async (secretId) => {
      const { overlap, rule } = await settingsOf(secretId);
      return { ...reached, overlap, make: () => makeValue(rule, (count) => randomBytes(count)) };
    },
    lateFrom: async (secretId) => {
      const settings = await settingsOf(secretId);
      const schedule = await rotationSchedule(secretsClient, secretId);
      return schedule && lateFrom(schedule, settings);
    },
  });
}

/** When it is rotated, Secrets Manager knows. */
const policyOf = ({ system, task, overlap, rule }: RotationEnvironment): RotationPolicy => ({
  ...{ system, overlap, rule, enabled: true },
  ...(task === undefined ? {} : { task }),
});
