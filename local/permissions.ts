import { AsyncLocalStorage } from 'node:async_hooks';
import type { ClientOptions } from '../adapters/aws/clients.ts';
import { type CalledPlace, type IamRequest, iamRequests } from '../adapters/aws/iam-requests.ts';
import type { CodeSource } from '../functions/deps.ts';
import { SlipwayError } from '../shared/errors/slipway-error.ts';
import type { Alarms } from '../shared/ports/alarms.ts';
import type { Artefacts } from '../shared/ports/artefacts.ts';
import type { Events } from '../shared/ports/events.ts';
import type { Metrics } from '../shared/ports/metrics.ts';
import type { Notifier } from '../shared/ports/notifier.ts';
import type { OldCredentials } from '../shared/ports/old-credentials.ts';
import type { Rotations } from '../shared/ports/rotations.ts';
import type { Scheduler } from '../shared/ports/scheduler.ts';
import type { Secrets } from '../shared/ports/secrets.ts';
import type { WebhookKey } from '../shared/ports/webhook-key.ts';
import type { Workflow } from '../shared/ports/workflow.ts';
import { allows } from './graph/allows.ts';
import type { WiredFunction, Wiring } from './graph/wiring.ts';

/** The role of a function does not allow what its code just did: it would fail on AWS. */
class AccessDeniedError extends SlipwayError {
  override readonly name = 'AccessDeniedError';
  override readonly code = 'ACCESS_DENIED';
}

/** Any table of plans: the embedded control plane is told of none beforehand. Fits the setting `dataTables` below. */
export const DATA_TABLES = ['data-of-plans-*'];
const DATA_TABLE = 'data-of-plans-any';
/** Likewise of declared Tasks. */
export const TASK_FUNCTIONS = ['task-of-plans-*'];
const TASK_FUNCTION = 'task-of-plans-any';
/** A RotatedSecret of the embedded control plane's environment would be called so. */
const ROTATED_SECRET = 'slipway-local-secret-any';

/** What a function asked of AWS, as IAM sees it. */
export interface FunctionRequest extends IamRequest {
  /** As in functions/catalog. */
  readonly function: string;
}

/**
 * Holds every function to the role that the Pulumi program gives it, so that a permission that lacks in functions/catalog
 * is missed here and not after a deployment. What is called outside of a function is not held to anything.
 */
export class Permissions {
  readonly #calling = new AsyncLocalStorage<WiredFunction>();
  readonly #known = new Map<string, boolean>();
  readonly #wiring: Wiring;
  readonly #place: CalledPlace;
  readonly #observe: ((request: FunctionRequest) => void) | undefined;

  /** `observe` is told of every request of a function, allowed or not. */
  constructor(wiring: Wiring, observe?: (request: FunctionRequest) => void) {
    this.#wiring = wiring;
    this.#observe = observe;
    const [, partition = '', , region = '', account = ''] = wiring.tables[0]?.arn.split(':') ?? [];
    this.#place = { partition, region, account };
  }

  /** Runs work in the name of a function. */
  as<T>(wired: WiredFunction, work: () => Promise<T>): Promise<T> {
    return this.#calling.run(wired, work);
  }

  /** Work of the embedded control plane itself, within a function's: what it stands in for is no work of the function's when deployed. */
  outside<T>(work: () => Promise<T>): Promise<T> {
    return this.#calling.exit(work);
  }

  /** For the clients of the SDK. */
  readonly around: NonNullable<ClientOptions['around']> = (call, send) => {
    if (this.#calling.getStore()) {
      for (const { action, resource, leadingKey } of iamRequests(call, this.#place)) {
        this.#require(action, this.#tableArn(resource), leadingKey);
      }
    }
    return send();
  };

  artefacts(inner: Artefacts): Artefacts {
    const bucket = `arn:${this.#place.partition}:s3:::${this.#wiring.bucket}`;
    const object = (action: string, key: string) => this.#require(`s3:${action}`, `${bucket}/${key}`);
    return {
      get: async (key) => {
        object('GetObject', key);
        const found = await inner.get(key);
        // S3 tells that there is no object only to whoever may list the bucket, and refuses others.
        if (!found) this.#require('s3:ListBucket', bucket);
        return found;
      },
      putOnce: (key, body) =>
        this.#after(
          () => object('PutObject', key),
          () => inner.putOnce(key, body),
        ),
      remove: (key) =>
        this.#after(
          () => object('DeleteObject', key),
          () => inner.remove(key),
        ),
      list: (prefix) => {
        this.#require('s3:ListBucket', bucket);
        return inner.list(prefix);
      },
    };
  }

  events(inner: Events): Events {
    const bus = this.#arn('events', `event-bus/${this.#wiring.bus}`);
    return {
      publish: (events) =>
        this.#after(
          () => this.#require('events:PutEvents', bus),
          () => inner.publish(events),
        ),
    };
  }

  workflow(inner: Workflow): Workflow {
    const machineArn = (name: string) => this.#wiring.machines.find((one) => one.name === name || one.arn === name)?.arn ?? name;
    const on = (action: string, arn: string) => () => this.#require(`states:${action}`, arn);
    const waiting = machineArn('component');
    return {
      arnOf: (machine, name) => inner.arnOf(machine, name),
      start: (machine, name, input) =>
        this.#after(on('StartExecution', machineArn(machine)), () => inner.start(machine, name, input)),
      describe: (arn) => this.#after(on('DescribeExecution', arn), () => inner.describe(arn)),
      stop: (arn, reason) => this.#after(on('StopExecution', arn), () => inner.stop(arn, reason)),
      succeed: (token, output) => this.#after(on('SendTaskSuccess', waiting), () => inner.succeed(token, output)),
      fail: (token, reason) => this.#after(on('SendTaskFailure', waiting), () => inner.fail(token, reason)),
    };
  }

  metrics(inner: Metrics): Metrics {
    const on = (action: string) => () => this.#require(`cloudwatch:${action}`, '*');
    return {
      put: (data) => this.#after(on('PutMetricData'), () => inner.put(data)),
      figures: (questions, range) => this.#after(on('GetMetricData'), () => inner.figures(questions, range)),
    };
  }

  alarms(inner: Alarms): Alarms {
    const on = (action: string, names: readonly string[]) => () => {
      for (const name of names) this.#require(`cloudwatch:${action}`, this.#arn('cloudwatch', `alarm:${name}`));
    };
    return {
      put: async (alarm) => {
        on('PutMetricAlarm', [alarm.name])();
        on('TagResource', [alarm.name])();
        return inner.put(alarm);
      },
      // Composite alarms among them: CloudWatch tells of those only whoever may ask for everything.
      read: (names) =>
        this.#after(
          () => names.length > 0 && this.#require('cloudwatch:DescribeAlarms', '*'),
          () => inner.read(names),
        ),
      remove: (names) => this.#after(on('DeleteAlarms', names), () => inner.remove(names)),
    };
  }

  notifier(inner: Notifier): Notifier {
    const publish = () => this.#require('sns:Publish', this.#calling.getStore()?.environment['SLIPWAY_ALERT_TOPIC'] ?? '*');
    return { tell: (notice) => this.#after(publish, () => inner.tell(notice)) };
  }

  webhookKey(inner: WebhookKey): WebhookKey {
    const on = (action: string) =>
      this.#require(
        `secretsmanager:${action}`,
        this.#arn('secretsmanager', `secret:${this.#calling.getStore()?.environment['SLIPWAY_WEBHOOK_KEY']}-000000`),
      );
    const get = () => on('GetSecretValue');
    return {
      read: () => this.#after(get, () => inner.read()),
      make: async () => {
        get();
        const known = await inner.read().catch(() => undefined);
        if (known) return known;
        on('PutSecretValue');
        return inner.make();
      },
    };
  }

  secrets(inner: Secrets): Secrets {
    const on = (action: string) => () => this.#rotated(action);
    return {
      describe: (id) => this.#after(on('DescribeSecret'), () => inner.describe(id)),
      read: (id, of) => this.#after(on('GetSecretValue'), () => inner.read(id, of)),
      put: (id, ...value) => this.#after(on('PutSecretValue'), () => inner.put(id, ...value)),
      moveStage: (id, ...move) => this.#after(on('UpdateSecretVersionStage'), () => inner.moveStage(id, ...move)),
    };
  }

  rotations(inner: Rotations): Rotations {
    const described = () => this.#rotated('DescribeSecret');
    return {
      begin: async (secretId, token) => {
        described();
        this.#rotates();
        return inner.begin(secretId, token);
      },
      enable: async (secretId, enabled) => {
        described();
        if (enabled) this.#rotates();
        else this.#rotated('CancelRotateSecret');
        return inner.enable(secretId, enabled);
      },
    };
  }

  /** Deployed, secrets that are rotated are called as the environment's are; here people call them as they like. */
  #rotated(action: string): void {
    this.#require(`secretsmanager:${action}`, this.#arn('secretsmanager', `secret:${ROTATED_SECRET}-000000`));
  }

  /** Which of making and changing is asked depends on what is there: both are. */
  scheduler(inner: Scheduler): Scheduler {
    const timer = (action: string, { environment, name }: { environment: string; name: string }) =>
      this.#require(
        `scheduler:${action}`,
        this.#arn('scheduler', `schedule/${this.#wiring.timers.group}/${environment}.${name}`),
      );
    return {
      put: async (wanted) => {
        timer('UpdateSchedule', wanted);
        this.#require('iam:PassRole', this.#wiring.timers.role);
        timer('CreateSchedule', wanted);
        return inner.put(wanted);
      },
      has: (environment, name) =>
        this.#after(
          () => timer('GetSchedule', { environment, name }),
          () => inner.has(environment, name),
        ),
      remove: (environment, name) =>
        this.#after(
          () => timer('DeleteSchedule', { environment, name }),
          () => inner.remove(environment, name),
        ),
    };
  }

  /** Secrets Manager calls the function of the secret, and asks whether its caller might. */
  #rotates(): void {
    this.#rotated('RotateSecret');
    this.#callsRotator();
  }

  #callsRotator(): void {
    const prefix = this.#calling.getStore()?.environment['SLIPWAY_ROTATOR_PREFIX'];
    this.#require('lambda:InvokeFunction', this.#arn('lambda', `function:${prefix}any`));
  }

  /** Deployed, a function of the secret's own reaches its server. */
  oldCredentials(inner: OldCredentials): OldCredentials {
    const invoke = () => this.#callsRotator();
    return {
      revoke: (window) => this.#after(invoke, () => inner.revoke(window)),
      restore: (rotation) => this.#after(invoke, () => inner.restore(rotation)),
    };
  }

  /** A plan's functions are Lambdas of their own when deployed. */
  code(inner: CodeSource): CodeSource {
    const arn = this.#arn('lambda', `function:${TASK_FUNCTION}`);
    const invoke = () => this.#require('lambda:InvokeFunction', arn);
    return {
      userCode: (baseDir) => {
        const code = inner.userCode(baseDir);
        return {
          shape: (ref) => this.#after(invoke, () => code.shape(ref)),
          call: (ref, method, input, deadline) => this.#after(invoke, () => code.call(ref, method, input, deadline)),
        };
      },
      transform: (baseDir, ref, until) => this.#after(invoke, () => inner.transform(baseDir, ref, until)),
      facts: (baseDir, references) => this.#after(invoke, () => inner.facts(baseDir, references)),
    };
  }

  async #after<T>(check: () => void, call: () => Promise<T>): Promise<T> {
    check();
    return call();
  }

  #arn(service: string, resource: string): string {
    const { partition, region, account } = this.#place;
    return `arn:${partition}:${service}:${region}:${account}:${resource}`;
  }

  /** Tables of plans stand for each other. */
  #tableArn(arn: string): string {
    const [control] = this.#wiring.tables;
    const own = arn === '*' || arn === control?.arn || arn.startsWith(`${control?.arn}/`);
    return own ? arn : this.#arn('dynamodb', `table/${DATA_TABLE}`);
  }

  #require(action: string, resource: string, leadingKey?: string): void {
    const wired = this.#calling.getStore();
    if (!wired) return;
    this.#observe?.({ function: wired.name, action, resource, ...(leadingKey === undefined ? {} : { leadingKey }) });
    const question = `${wired.name} ${action} ${resource} ${leadingKey}`;
    const known = this.#known.get(question) ?? allows(wired.policies, action, resource, leadingKey);
    // Keys of objects differ without end; what is asked again and again is few.
    if (this.#known.size < 10_000) this.#known.set(question, known);
    if (known) return;
    throw new AccessDeniedError(`The role of ${wired.name} does not allow ${action} on ${resource}.`, {
      next: `Add it to the entry of ${wired.name} in functions/catalog.`,
    });
  }
}
