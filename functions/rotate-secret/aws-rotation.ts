import { randomBytes } from 'node:crypto';
import { dynamoClient, eventBridgeClient, secretsManagerClient, stepFunctionsClient } from '../../adapters/aws/clients.ts';
import { DynamoStore } from '../../adapters/aws/dynamo-store.ts';
import { EventBus } from '../../adapters/aws/event-bus.ts';
import { lastRotation } from '../../adapters/aws/last-rotation.ts';
import { SecretsManager } from '../../adapters/aws/secrets-manager.ts';
import { StepFunctionsWorkflow } from '../../adapters/aws/step-functions-workflow.ts';
import { systemClock } from '../../adapters/embedded/system-clock.ts';
import { systemIds } from '../../adapters/embedded/system-ids.ts';
import { knownSecrets } from '../../shared/redaction/known-secrets.ts';
import { makeValue } from '../../shared/secrets/make-value.ts';
import { loadSettings } from '../../shared/secrets/rotation/change-settings.ts';
import type { RotatedSystem } from '../../shared/secrets/rotation/rotated-system.ts';
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
  const { table, bus, revokeMachine, overlap, rule, everyDays } = environment;
  const clock = systemClock;
  const ids = systemIds();
  const secretsClient = secretsManagerClient(COUNTED);
  const reached = {
    ...{ clock, ids, system: systemOf(environment), secrets: new SecretsManager({ client: secretsClient }) },
    store: new DynamoStore({ client: dynamoClient(COUNTED), table, clock }),
    events: countedEvents(new EventBus({ client: eventBridgeClient(COUNTED), bus, clock })),
    workflow: new StepFunctionsWorkflow({ client: stepFunctionsClient(COUNTED), machines: { revoke: revokeMachine } }),
  };
  return rotationFunction({
    ...{ clock, ids, observer: awsObserver(environment, clock), now: () => clock.now() },
    rotation: async (secretId) => {
      const settings = await loadSettings(reached, secretId);
      const made = settings?.rule ?? rule;
      return {
        ...reached,
        overlap: settings?.overlap ?? overlap,
        make: () => makeValue(made, (count) => randomBytes(count)),
      };
    },
    lateFrom: async (secretId) => {
      const last = await lastRotation(secretsClient, secretId);
      return last === undefined || everyDays === undefined ? undefined : last + (everyDays + PATIENCE_DAYS) * DAY_MS;
    },
  });
}

const DAY_MS = 86_400_000;
/** Secrets Manager rotates at any time of the day on which it is due; the other day is for one that failed at first. */
const PATIENCE_DAYS = 2;
