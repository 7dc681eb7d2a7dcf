import { type asset, ComponentResource, type ComponentResourceOptions, type Output, RunError } from '@pulumi/pulumi';
import { functions } from '../functions/catalog.ts';
import { machines } from '../statemachines/catalog.ts';
import { ArtefactsBucket } from './components/artefacts-bucket.ts';
import { ControlTable } from './components/control-table.ts';
import { EventBus } from './components/event-bus.ts';
import { FunctionFleet } from './components/function-fleet.ts';
import { HttpApi } from './components/http-api.ts';
import { PlaneAlarms } from './components/plane-alarms.ts';
import { StateMachine } from './components/state-machine.ts';
import { Triggers } from './components/triggers.ts';
import { UndeliveredQueue } from './components/undelivered-queue.ts';
import { type Naming, naming } from './naming.ts';
import type { Place } from './place.ts';
import type { Settings } from './settings.ts';

export interface ControlPlaneArgs {
  readonly settings: Settings;
  readonly place: Place;
  /** The bundle of a function of the catalog. */
  readonly code: (functionName: string) => asset.Archive;
  /** The ASL of a machine of the catalog, with its placeholders. */
  readonly definition: (machineName: string) => string;
}

const functionNames = functions.map((spec) => spec.name);
const machineNames = machines.map((spec) => spec.name);

function requireFunctions(named: readonly string[]): void {
  const unknown = named.filter((name) => !functionNames.includes(name));
  if (unknown.length === 0) return;
  throw new RunError(
    `slipway:reservedConcurrency names no function: ${unknown.join(', ')}; known are ${functionNames.join(', ')}`,
  );
}

/** All of Slipway in one account and region; other Pulumi programs can make one too. */
export class ControlPlane extends ComponentResource {
  readonly apiUrl: Output<string>;
  readonly tableName: Output<string>;
  readonly bucketName: Output<string>;
  readonly busName: Output<string>;
  readonly alarmTopicArn: Output<string>;
  readonly machineArns: { readonly [name: string]: Output<string> };

  constructor(name: string, args: ControlPlaneArgs, options: ComponentResourceOptions = {}) {
    super('slipway:infra:ControlPlane', name, {}, options);
    const { settings } = args;
    requireFunctions(Object.keys(settings.reservedConcurrency));
    const names = naming(settings.environment, args.place);
    const parent = { parent: this };
    const data = { naming: names, protectData: settings.protectData };
    const table = new ControlTable(`${name}-table`, data, parent);
    const bucket = new ArtefactsBucket(`${name}-artefacts`, data, parent);
    const bus = new EventBus(`${name}-bus`, { naming: names }, parent);
    const undelivered = new UndeliveredQueue(`${name}-undelivered`, { naming: names }, parent);
    const fleet = new FunctionFleet(
      `${name}-fn`,
      {
        ...settings,
        naming: names,
        functions,
        machines: machineNames,
        table: { name: table.tableName, arn: table.arn },
        bucket: { name: bucket.bucketName, arn: bucket.arn },
        bus: { name: bus.busName, arn: bus.arn },
        deadLetterArn: undelivered.arn,
        code: args.code,
      },
      parent,
    );
    const arns = this.#machines(name, names, fleet, args);
    const logs = { naming: names, functions, fleet, logRetentionDays: settings.logRetentionDays };
    this.apiUrl = new HttpApi(`${name}-http`, logs, parent).url;
    new Triggers(`${name}-on`, { naming: names, functions, machines: machineNames, fleet, undelivered }, parent);
    const alarms = new PlaneAlarms(
      `${name}-watch`,
      {
        naming: names,
        functions: functionNames.map((key) => [key, fleet.get(key).functionName]),
        machines: Object.entries(arns),
        tableName: table.tableName,
        undeliveredQueueName: undelivered.queueName,
        email: settings.alarmEmail,
      },
      parent,
    );
    this.tableName = table.tableName;
    this.bucketName = bucket.bucketName;
    this.busName = bus.busName;
    this.alarmTopicArn = alarms.topicArn;
    this.machineArns = arns;
    this.registerOutputs({ apiUrl: this.apiUrl, tableName: this.tableName, machineArns: arns });
  }

  #machines(name: string, names: Naming, fleet: FunctionFleet, args: ControlPlaneArgs) {
    const { logRetentionDays } = args.settings;
    const made = machines.map((spec) => {
      const definition = args.definition(spec.name);
      const machine = new StateMachine(
        `${name}-sm-${spec.name}`,
        { naming: names, spec, definition, fleet, logRetentionDays },
        { parent: this },
      );
      return [spec.name, machine.arn] as const;
    });
    return Object.fromEntries(made);
  }
}
