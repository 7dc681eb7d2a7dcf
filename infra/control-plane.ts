import { ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import { functions } from '../functions/catalog.ts';
import { machines } from '../statemachines/catalog.ts';
import { AlarmTopic } from './components/alarm-topic.ts';
import { AlertTopic } from './components/alert-topic.ts';
import { ArtefactsBucket } from './components/artefacts-bucket.ts';
import { ControlTable } from './components/control-table.ts';
import { CostBudget } from './components/cost-budget.ts';
import { EncryptionKey } from './components/encryption-key.ts';
import { EventBus } from './components/event-bus.ts';
import { FunctionFleet } from './components/function-fleet.ts';
import { GuardrailTopic } from './components/guardrail-topic.ts';
import { HttpApi } from './components/http-api.ts';
import { PlaneAlarms } from './components/plane-alarms.ts';
import { PlaneDashboard } from './components/plane-dashboard.ts';
import { Releases } from './components/releases.ts';
import { StateMachine } from './components/state-machine.ts';
import { TimerGroup } from './components/timer-group.ts';
import { Triggers } from './components/triggers.ts';
import { UndeliveredQueue } from './components/undelivered-queue.ts';
import { UnwellAlarm } from './components/unwell-alarm.ts';
import { WebhookKey } from './components/webhook-key.ts';
import { isBehindApi, liveFunctions } from './live-functions.ts';
import { naming } from './naming.ts';
import { currentPlace } from './place.ts';
import type { PlaneContext } from './plane-context.ts';
import { carryAliases } from './renames.ts';
import { checkSettings, type SettingsInput } from './settings.ts';
import { packagedSources, type Sources } from './sources.ts';

/** All but the environment has a default; code and definitions are those of the package. */
export interface ControlPlaneArgs extends SettingsInput, Partial<Sources> {}

/** What alarms, dashboard and releases are about. */
interface Watched {
  readonly plane: PlaneContext;
  readonly fleet: FunctionFleet;
  readonly arns: readonly (readonly [name: string, arn: Output<string>])[];
  readonly api: HttpApi;
  readonly undelivered: UndeliveredQueue;
  readonly indexes: readonly string[];
}

/** All of Slipway in the account and region of its provider. */
export class ControlPlane extends ComponentResource {
  /** What Tasks beside it belong to. */
  readonly environment: string;
  readonly apiUrl: Output<string>;
  /** For whoever signs requests: the same, unless people come with tokens. */
  readonly machineUrl: Output<string>;
  readonly tableName: Output<string>;
  readonly bucketName: Output<string>;
  readonly busName: Output<string>;
  readonly alarmTopicArn: Output<string>;
  /** Of the customer's key, where one was asked for: what is declared beside it, and stores, needs it. */
  readonly keyArn: Output<string> | undefined;
  readonly machineArns: { readonly [name: string]: Output<string> };

  constructor(name: string, args: ControlPlaneArgs, options: ComponentResourceOptions = {}) {
    super(
      'slipway:infra:ControlPlane',
      name,
      {},
      { ...options, transformations: [...(options.transformations ?? []), carryAliases(name)] },
    );
    const { code = packagedSources.code, definition = packagedSources.definition, ...values } = args;
    const plane = this.#context(name, values);
    const parent = { parent: this };
    const table = new ControlTable(`${name}-table`, { plane }, parent);
    const bucket = new ArtefactsBucket(`${name}-artefacts`, { plane }, parent);
    const bus = new EventBus(`${name}-bus`, { naming: plane.naming }, parent);
    const guardrails = new GuardrailTopic(`${name}-guardrails`, { plane }, parent);
    const alerts = new AlertTopic(`${name}-alerts`, { plane }, parent);
    const undelivered = new UndeliveredQueue(`${name}-undelivered`, { plane }, parent);
    const timers = new TimerGroup(`${name}-timers`, { plane, deadLetterArn: undelivered.arn }, parent);
    const fleet = new FunctionFleet(
      `${name}-fn`,
      {
        plane,
        functions,
        machines: machines.map((spec) => spec.name),
        table: { name: table.tableName, arn: table.arn },
        bucket: { name: bucket.bucketName, arn: bucket.arn },
        bus: { name: bus.busName, arn: bus.arn },
        guardrailTopic: guardrails.arn,
        alertTopic: alerts.arn,
        deadLetterArn: undelivered.arn,
        timers,
        webhookKey: new WebhookKey(`${name}-webhooks`, { plane }, parent).secretName,
        code,
      },
      parent,
    );
    const arns = machines.map((spec) => {
      const machine = { plane, spec, definition: definition(spec.name), fleet };
      return [spec.name, new StateMachine(`${name}-sm-${spec.name}`, machine, parent).arn] as const;
    });
    const api = new HttpApi(`${name}-http`, { plane, functions, fleet }, parent);
    const triggered = { fleet, guardrails, undelivered, bus: bus.busName };
    const triggers = { plane, functions, machines: machines.map((spec) => spec.name), ...triggered };
    new Triggers(`${name}-on`, triggers, parent);
    this.environment = plane.settings.environment;
    this.keyArn = plane.keyArn;
    this.apiUrl = api.url;
    this.machineUrl = api.machineUrl;
    this.tableName = table.tableName;
    this.bucketName = bucket.bucketName;
    this.busName = bus.busName;
    this.alarmTopicArn = new AlarmTopic(`${name}-alarms`, { plane }, parent).arn;
    this.machineArns = Object.fromEntries(arns);
    this.#watch(name, { plane, fleet, arns, api, undelivered, indexes: table.indexes });
    this.registerOutputs({ apiUrl: this.apiUrl, tableName: this.tableName, machineArns: this.machineArns });
  }

  #context(name: string, values: SettingsInput): PlaneContext {
    const mend = 'Mend its arguments.';
    const settings = checkSettings(values, { subject: `The ControlPlane ${name}`, prefix: '', mend });
    const names = naming(settings.environment, currentPlace({ parent: this }), settings.tags);
    const key = { naming: names, protectData: settings.protectData };
    const keyArn = settings.customerKey ? new EncryptionKey(`${name}-encryption`, key, { parent: this }).arn : undefined;
    return { naming: names, settings, keyArn };
  }

  /** Alarms, the page that shows them, what they take back, and what it all costs. */
  #watch(name: string, { plane, fleet, arns, api, undelivered, indexes }: Watched): void {
    const { naming, settings } = plane;
    const parent = { parent: this };
    const watched = { naming, machines: arns, tableName: this.tableName, apiId: api.apiId };
    const alarms = new PlaneAlarms(
      `${name}-watch`,
      {
        ...watched,
        indexes,
        functions: functions.filter((spec) => !isBehindApi(spec)).map(({ name }) => [name, fleet.get(name).functionName]),
        undeliveredQueueName: undelivered.queueName,
        topicArn: this.alarmTopicArn,
      },
      parent,
    );
    new UnwellAlarm(`${name}-unwell`, { naming, alarmNames: alarms.names, topicArn: this.alarmTopicArn }, parent);
    const page = { ...watched, queueName: undelivered.queueName, alarmArns: alarms.arns };
    new PlaneDashboard(`${name}-dashboard`, page, parent);
    new Releases(`${name}-releases`, { plane, functions: liveFunctions, alarms }, parent);
    if (settings.monthlyBudgetUsd !== undefined && settings.alarmEmail !== undefined) {
      new CostBudget(`${name}-budget`, { naming, monthlyUsd: settings.monthlyBudgetUsd, email: settings.alarmEmail }, parent);
    }
  }
}
