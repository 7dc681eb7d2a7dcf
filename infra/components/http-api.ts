import { Api } from '@pulumi/aws/apigatewayv2/api.js';
import { Integration } from '@pulumi/aws/apigatewayv2/integration.js';
import { Route } from '@pulumi/aws/apigatewayv2/route.js';
import { Stage } from '@pulumi/aws/apigatewayv2/stage.js';
import { LogGroup } from '@pulumi/aws/cloudwatch/logGroup.js';
import { Permission } from '@pulumi/aws/lambda/permission.js';
import { ComponentResource, type ComponentResourceOptions, interpolate, type Output } from '@pulumi/pulumi';
import type { FunctionSpec } from '../../functions/catalog.ts';
import type { PlaneContext } from '../plane-context.ts';
import type { FunctionFleet } from './function-fleet.ts';

export interface HttpApiArgs {
  readonly plane: PlaneContext;
  readonly functions: readonly FunctionSpec[];
  readonly fleet: FunctionFleet;
}

/** What a line of the access log tells; no header, no query string and no body. */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  ip: '$context.identity.sourceIp',
  caller: '$context.identity.caller',
  route: '$context.routeKey',
  status: '$context.status',
  milliseconds: '$context.responseLatency',
  error: '$context.integrationErrorMessage',
};

/** The HTTP API: a route for every function of the catalog that has one, none of them public. */
export class HttpApi extends ComponentResource {
  readonly url: Output<string>;
  readonly apiId: Output<string>;

  constructor(name: string, args: HttpApiArgs, options: ComponentResourceOptions = {}) {
    super('slipway:infra:HttpApi', name, {}, options);
    const { naming, settings, keyArn } = args.plane;
    const api = new Api(
      `${name}-api`,
      { name: naming.plane, protocolType: 'HTTP', description: 'Slipway: runs that can be undone', tags: naming.tags },
      { parent: this },
    );
    for (const spec of args.functions) {
      if (spec.route !== undefined) this.#route(name, api, spec, spec.route, args.fleet);
    }
    const logs = new LogGroup(
      `${name}-logs`,
      {
        name: `/aws/vendedlogs/api/${naming.plane}`,
        retentionInDays: settings.logRetentionDays,
        kmsKeyId: keyArn,
        tags: naming.tags,
      },
      { parent: this },
    );
    const stage = new Stage(
      `${name}-stage`,
      {
        apiId: api.id,
        name: '$default',
        autoDeploy: true,
        accessLogSettings: { destinationArn: logs.arn, format: JSON.stringify(ACCESS_LOG) },
        // Detailed metrics would be billed as custom ones, and the functions behind the routes tell the same.
        defaultRouteSettings: { throttlingRateLimit: 100, throttlingBurstLimit: 200 },
        tags: naming.tags,
      },
      { parent: this },
    );
    this.url = stage.invokeUrl;
    this.apiId = api.id;
    this.registerOutputs({ url: this.url });
  }

  #route(name: string, api: Api, spec: FunctionSpec, routeKey: string, fleet: FunctionFleet): void {
    const target = fleet.live(spec.name);
    const [method, path] = routeKey.split(' ');
    const permission = new Permission(
      `${name}-${spec.name}-permission`,
      {
        action: 'lambda:InvokeFunction',
        function: target.functionName,
        qualifier: target.name,
        principal: 'apigateway.amazonaws.com',
        sourceArn: interpolate`${api.executionArn}/*/${method}${path}`,
      },
      { parent: this },
    );
    const integration = new Integration(
      `${name}-${spec.name}-integration`,
      {
        apiId: api.id,
        integrationType: 'AWS_PROXY',
        integrationUri: target.invokeArn,
        payloadFormatVersion: '2.0',
        timeoutMilliseconds: Math.min(spec.timeoutSeconds, 30) * 1000,
      },
      { parent: this },
    );
    new Route(
      `${name}-${spec.name}-route`,
      { apiId: api.id, routeKey, authorizationType: 'AWS_IAM', target: interpolate`integrations/${integration.id}` },
      { parent: this, dependsOn: [permission] },
    );
  }
}
