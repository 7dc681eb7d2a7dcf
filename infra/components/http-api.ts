import { Api } from '@pulumi/aws/apigatewayv2/api.js';
import { Authorizer } from '@pulumi/aws/apigatewayv2/authorizer.js';
import { Integration } from '@pulumi/aws/apigatewayv2/integration.js';
import { Route, type RouteArgs } from '@pulumi/aws/apigatewayv2/route.js';
import { Stage } from '@pulumi/aws/apigatewayv2/stage.js';
import { LogGroup } from '@pulumi/aws/cloudwatch/logGroup.js';
import { Permission } from '@pulumi/aws/lambda/permission.js';
import { ComponentResource, type ComponentResourceOptions, interpolate, type Output } from '@pulumi/pulumi';
import type { FunctionSpec } from '../../functions/catalog/function-spec.ts';
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

/** Before the paths of requests that are signed, where the plain ones take tokens: a route takes one or the other. */
const MACHINE = '/machine';

/** The HTTP API: a route for every function of the catalog that has one, none of them public. */
export class HttpApi extends ComponentResource {
  readonly url: Output<string>;
  /** For whoever signs requests. */
  readonly machineUrl: Output<string>;
  readonly apiId: Output<string>;

  constructor(name: string, args: HttpApiArgs, options: ComponentResourceOptions = {}) {
    super('slipway:infra:HttpApi', name, {}, options);
    const { naming, settings, keyArn } = args.plane;
    const api = new Api(
      `${name}-api`,
      { name: naming.plane, protocolType: 'HTTP', description: 'Slipway: runs that can be undone', tags: naming.tags },
      { parent: this },
    );
    const tokens = this.#authoriser(name, api, settings);
    for (const spec of args.functions) {
      if (spec.route !== undefined) this.#routes(name, api, spec, spec.route, args.fleet, tokens);
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
    this.machineUrl = tokens ? stage.invokeUrl.apply((url) => `${url.replace(/\/+$/, '')}${MACHINE}`) : stage.invokeUrl;
    this.apiId = api.id;
    this.registerOutputs({ url: this.url });
  }

  /** Looks at the tokens of people, signed by RS256 (API Gateway takes no other). Nobody issues any: all requests are signed. */
  #authoriser(name: string, api: Api, { jwtIssuer: issuer, jwtAudience }: PlaneContext['settings']): Authorizer | undefined {
    if (issuer === undefined || jwtAudience === undefined) return undefined;
    return new Authorizer(
      `${name}-tokens`,
      {
        apiId: api.id,
        name: 'tokens',
        authorizerType: 'JWT',
        identitySources: ['$request.header.Authorization'],
        jwtConfiguration: { issuer, audiences: [...jwtAudience] },
      },
      { parent: this },
    );
  }

  #routes(name: string, api: Api, spec: FunctionSpec, key: string, fleet: FunctionFleet, tokens: Authorizer | undefined): void {
    const target = fleet.live(spec.name);
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
    const route = (named: string, routeKey: string, authorisation: Pick<RouteArgs, 'authorizationType' | 'authorizerId'>) => {
      const [method, path] = routeKey.split(' ');
      const permission = new Permission(
        `${named}-permission`,
        {
          action: 'lambda:InvokeFunction',
          function: target.functionName,
          qualifier: target.name,
          principal: 'apigateway.amazonaws.com',
          sourceArn: interpolate`${api.executionArn}/*/${method}${path}`,
        },
        { parent: this },
      );
      const led = { apiId: api.id, routeKey, target: interpolate`integrations/${integration.id}`, ...authorisation };
      new Route(`${named}-route`, led, { parent: this, dependsOn: [permission] });
    };
    const signed = { authorizationType: 'AWS_IAM' };
    route(`${name}-${spec.name}`, key, tokens ? { authorizationType: 'JWT', authorizerId: tokens.id } : signed);
    if (tokens) route(`${name}-${spec.name}-machine`, key.replace(' ', ` ${MACHINE}`), signed);
  }
}
