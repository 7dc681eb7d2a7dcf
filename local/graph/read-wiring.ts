import { z } from 'zod';
import { functions as functionCatalog } from '../../functions/catalog.ts';
import { machines as machineCatalog } from '../../statemachines/catalog.ts';
import { GraphReader } from './graph-reader.ts';
import { readFunctions } from './read-functions.ts';
import { machineArnsOf, readMachines } from './read-machines.ts';
import { readRoutes, readRules, readSubscriptions } from './read-triggers.ts';
import type { ResourceGraph } from './resource-graph.ts';
import type { WiredAlarm, WiredTable, Wiring } from './wiring.ts';

const TableOutputs = z.object({
  name: z.string(),
  arn: z.string(),
  hashKey: z.string(),
  rangeKey: z.string(),
  globalSecondaryIndexes: z.array(z.object({ name: z.string(), hashKey: z.string(), rangeKey: z.string() })),
  ttl: z.object({ attributeName: z.string(), enabled: z.literal(true) }),
});
const BucketOutputs = z.object({ bucket: z.string() });
const BusOutputs = z.object({ name: z.string() });
const GroupOutputs = z.object({ name: z.string() });
const RoleOutputs = z.object({ arn: z.string(), assumeRolePolicy: z.string() });
const AlarmOutputs = z.object({
  name: z.string(),
  alarmDescription: z.string(),
  namespace: z.string(),
  metricName: z.string(),
  dimensions: z.record(z.string(), z.string()),
  statistic: z.string(),
  period: z.number(),
  threshold: z.number(),
});

/** What the embedded control plane needs of the program. Throws WiringError with everything that is not connected. */
export function readWiring(graph: ResourceGraph): Wiring {
  const reader = new GraphReader(graph);
  const tables = readTables(reader);
  const buckets = reader.all('aws:s3/bucket:Bucket', BucketOutputs).map(({ outputs }) => outputs.bucket);
  const buses = reader.all('aws:cloudwatch/eventBus:EventBus', BusOutputs).map(({ outputs }) => outputs.name);
  const [bucket, bus] = [buckets[0], buses[0]];
  if (tables.length === 0) reader.problem('The control table', 'is not deployed', 'add it to infra/control-plane.ts');
  if (bucket === undefined) reader.problem('The artefacts bucket', 'is not deployed', 'add it to infra/control-plane.ts');
  if (bus === undefined) reader.problem('The event bus', 'is not deployed', 'add it to infra/control-plane.ts');
  const functions = readFunctions(reader, functionCatalog, {
    tables: tables.map((table) => table.name),
    buckets,
    buses,
    machineArns: machineArnsOf(reader),
  });
  const timers = readTimers(reader);
  const routes = readRoutes(reader, functionCatalog, functions);
  const { schedules, rules } = readRules(reader, functionCatalog, functions);
  const subscriptions = readSubscriptions(reader, functionCatalog, functions);
  const machines = readMachines(reader, machineCatalog, functions);
  const alarms = readAlarms(reader);
  reader.finish();
  return {
    tables,
    bucket: bucket ?? '',
    bus: bus ?? '',
    timers,
    functions,
    routes,
    schedules,
    rules,
    subscriptions,
    alarms,
    machines,
  };
}

function readTimers(reader: GraphReader): Wiring['timers'] {
  const [group] = reader.all('aws:scheduler/scheduleGroup:ScheduleGroup', GroupOutputs);
  const role = reader
    .all('aws:iam/role:Role', RoleOutputs)
    .find(({ outputs }) => outputs.assumeRolePolicy.includes('scheduler.amazonaws.com'));
  if (group && role) return { group: group.outputs.name, role: role.outputs.arn };
  reader.problem('The group of timers, or its role,', 'is not deployed', 'add it to infra/control-plane.ts');
  return { group: '', role: '' };
}

function readTables(reader: GraphReader): readonly WiredTable[] {
  return reader.all('aws:dynamodb/table:Table', TableOutputs).map(({ outputs }) => ({
    name: outputs.name,
    arn: outputs.arn,
    partitionKey: outputs.hashKey,
    sortKey: outputs.rangeKey,
    indexes: outputs.globalSecondaryIndexes.map((index) => ({
      name: index.name,
      partitionKey: index.hashKey,
      sortKey: index.rangeKey,
    })),
    ttlAttribute: outputs.ttl.attributeName,
  }));
}

function readAlarms(reader: GraphReader): readonly WiredAlarm[] {
  return reader.all('aws:cloudwatch/metricAlarm:MetricAlarm', AlarmOutputs).map(({ outputs }) => ({
    name: outputs.name,
    description: outputs.alarmDescription,
    namespace: outputs.namespace,
    metric: outputs.metricName,
    dimensions: outputs.dimensions,
    statistic: outputs.statistic,
    periodSeconds: outputs.period,
    threshold: outputs.threshold,
  }));
}
