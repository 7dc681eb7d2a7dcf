import { z } from 'zod';
import type { FunctionSpec } from '../../functions/catalog/function-spec.ts';
import { fits } from './allows.ts';
import type { GraphReader } from './graph-reader.ts';
import type { GraphResource } from './resource-graph.ts';
import type { WiredFunction, WiredRoute, WiredRule, WiredSchedule, WiredSubscription } from './wiring.ts';

const PermissionOutputs = z.object({
  action: z.string(),
  function: z.string(),
  qualifier: z.string(),
  principal: z.string(),
  sourceArn: z.string(),
});
const RouteOutputs = z.object({
  apiId: z.string(),
  routeKey: z.string(),
  target: z.string(),
  authorizationType: z.string().default('NONE'),
});
const IntegrationOutputs = z.object({ integrationUri: z.string() });
const ApiOutputs = z.object({ executionArn: z.string() });
const RuleOutputs = z.object({
  name: z.string(),
  arn: z.string(),
  scheduleExpression: z.string().optional(),
  eventPattern: z.string().optional(),
});
const SubscriptionOutputs = z.object({ topic: z.string(), protocol: z.string(), endpoint: z.string() });
const TargetOutputs = z.object({ rule: z.string(), arn: z.string() });

/** Fails unless the function's own policy lets this service call this version on behalf of `sourceArn`. */
function requirePermission(reader: GraphReader, caller: GraphResource, target: WiredFunction, by: string, sourceArn: string) {
  const granted = reader
    .all('aws:lambda/permission:Permission', PermissionOutputs)
    .some(
      ({ outputs }) =>
        outputs.action === 'lambda:InvokeFunction' &&
        outputs.principal === by &&
        target.arn.endsWith(`:${outputs.function}:${outputs.qualifier}`) &&
        fits(outputs.sourceArn, sourceArn),
    );
  if (!granted) {
    reader.problem(
      caller,
      `may not call ${target.arn}`,
      `add an aws.lambda.Permission for ${by} on this alias with a sourceArn that covers ${sourceArn}`,
    );
  }
}

/** Every route with its function; checks that each of the catalog is there and may call. */
export function readRoutes(
  reader: GraphReader,
  catalog: readonly FunctionSpec[],
  functions: readonly WiredFunction[],
): readonly WiredRoute[] {
  const integrations = reader.all('aws:apigatewayv2/integration:Integration', IntegrationOutputs);
  const apis = reader.all('aws:apigatewayv2/api:Api', ApiOutputs);
  const routes = reader.all('aws:apigatewayv2/route:Route', RouteOutputs).flatMap(({ resource, outputs }) => {
    const integration = integrations.find((one) => `integrations/${one.resource.id}` === outputs.target);
    const target = functions.find((one) => integration?.outputs.integrationUri.endsWith(`/functions/${one.arn}/invocations`));
    const api = apis.find((one) => one.resource.id === outputs.apiId);
    const [method, path] = outputs.routeKey.split(' ');
    if (target === undefined || api === undefined || method === undefined || path === undefined) {
      reader.problem(
        resource,
        `(${outputs.routeKey}) leads to no function`,
        'give it an integration with the alias of a deployed function',
      );
      return [];
    }
    const source = `${api.outputs.executionArn}/$default/${method}${path}`;
    requirePermission(reader, resource, target, 'apigateway.amazonaws.com', source);
    return [{ method, path, authorization: outputs.authorizationType, function: target.name }];
  });
  for (const spec of catalog) {
    if (spec.route === undefined) continue;
    if (!routes.some((route) => `${route.method} ${route.path}` === spec.route && route.function === spec.name)) {
      reader.problem(`The route ${spec.route}`, `of ${spec.name} is not deployed`, 'add it to infra/components/http-api.ts');
    }
  }
  return routes;
}

/** Schedules and event rules with their functions; checks that each of the catalog is there and may call. */
export function readRules(
  reader: GraphReader,
  catalog: readonly FunctionSpec[],
  functions: readonly WiredFunction[],
): { readonly schedules: readonly WiredSchedule[]; readonly rules: readonly WiredRule[] } {
  const targets = reader.all('aws:cloudwatch/eventTarget:EventTarget', TargetOutputs);
  const schedules: WiredSchedule[] = [];
  const rules: WiredRule[] = [];
  for (const { resource, outputs } of reader.all('aws:cloudwatch/eventRule:EventRule', RuleOutputs)) {
    const target = targets.find((one) => one.outputs.rule === outputs.name);
    const called = functions.find((one) => one.arn === target?.outputs.arn);
    if (called === undefined) {
      reader.problem(resource, 'calls no function', 'give it an EventTarget with the alias of a deployed function');
      continue;
    }
    requirePermission(reader, resource, called, 'events.amazonaws.com', outputs.arn);
    const base = { name: outputs.name, function: called.name };
    if (outputs.scheduleExpression !== undefined) schedules.push({ ...base, expression: outputs.scheduleExpression });
    if (outputs.eventPattern !== undefined) rules.push({ ...base, pattern: JSON.parse(outputs.eventPattern) });
  }
  for (const spec of catalog) {
    if (spec.schedule !== undefined && !schedules.some((one) => one.function === spec.name && one.expression === spec.schedule)) {
      reader.problem(
        `The schedule ${spec.schedule}`,
        `of ${spec.name} is not deployed`,
        'add it to infra/components/triggers.ts',
      );
    }
    if ((spec.onExecutionEnd === true || spec.onGuardrail === true) && !rules.some((rule) => rule.function === spec.name)) {
      reader.problem(`The event rule`, `of ${spec.name} is not deployed`, 'add it to infra/components/triggers.ts');
    }
  }
  return { schedules, rules };
}

/** The functions that topics call; checks that each of the catalog is there and may be called. */
export function readSubscriptions(
  reader: GraphReader,
  catalog: readonly FunctionSpec[],
  functions: readonly WiredFunction[],
): readonly WiredSubscription[] {
  const wired: WiredSubscription[] = [];
  for (const { resource, outputs } of reader.all('aws:sns/topicSubscription:TopicSubscription', SubscriptionOutputs)) {
    if (outputs.protocol !== 'lambda') continue;
    const called = functions.find((one) => one.arn === outputs.endpoint);
    if (called === undefined) {
      reader.problem(resource, 'calls no function', 'give it the alias of a deployed function as its endpoint');
      continue;
    }
    requirePermission(reader, resource, called, 'sns.amazonaws.com', outputs.topic);
    wired.push({ topic: outputs.topic, function: called.name });
  }
  for (const spec of catalog) {
    if (spec.onGuardrail === true && !wired.some((one) => one.function === spec.name)) {
      reader.problem('The subscription', `of ${spec.name} is not deployed`, 'add it to infra/components/triggers.ts');
    }
  }
  return wired;
}
