import {
  CreateApiCommand,
  CreateAuthorizerCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import { z } from 'zod';
import { type Creator, holds } from './creator.ts';

/** With this tag MiniStack takes the id of an API from its caller. */
const OWN_ID = 'ms-custom-id';

const Api = z.object({ name: z.string(), protocolType: z.literal('HTTP'), description: z.string() });

export const createApi: Creator = async (resource, { clients: { api } }) => {
  const { name, protocolType, description } = Api.parse(resource.inputs);
  const tags = { [OWN_ID]: resource.id };
  const { ApiId } = await api.send(
    new CreateApiCommand({ Name: name, ProtocolType: protocolType, Description: description, Tags: tags }),
  );
  holds(resource, 'executionArn', `arn:aws:execute-api:us-east-1:000000000000:${ApiId}`);
};

const Stage = z.object({
  apiId: z.string(),
  name: z.string(),
  autoDeploy: z.boolean(),
  accessLogSettings: z.object({ destinationArn: z.string(), format: z.string() }),
  defaultRouteSettings: z.object({
    throttlingRateLimit: z.number(),
    throttlingBurstLimit: z.number(),
    detailedMetricsEnabled: z.boolean().optional(),
  }),
});

export const createStage: Creator = async ({ inputs }, { clients: { api } }) => {
  const { apiId, name, autoDeploy, accessLogSettings, defaultRouteSettings } = Stage.parse(inputs);
  await api.send(
    new CreateStageCommand({
      ApiId: apiId,
      StageName: name,
      AutoDeploy: autoDeploy,
      AccessLogSettings: { DestinationArn: accessLogSettings.destinationArn, Format: accessLogSettings.format },
      DefaultRouteSettings: {
        ThrottlingRateLimit: defaultRouteSettings.throttlingRateLimit,
        ThrottlingBurstLimit: defaultRouteSettings.throttlingBurstLimit,
        DetailedMetricsEnabled: defaultRouteSettings.detailedMetricsEnabled,
      },
    }),
  );
};

const Integration = z.object({
  apiId: z.string(),
  integrationType: z.literal('AWS_PROXY'),
  integrationUri: z.string(),
  payloadFormatVersion: z.literal('2.0'),
  timeoutMilliseconds: z.number(),
});

export const createIntegration: Creator = async ({ inputs, id }, { clients: { api }, ids }) => {
  const integration = Integration.parse(inputs);
  const made = await api.send(
    new CreateIntegrationCommand({
      ApiId: integration.apiId,
      IntegrationType: integration.integrationType,
      IntegrationUri: integration.integrationUri,
      PayloadFormatVersion: integration.payloadFormatVersion,
      TimeoutInMillis: integration.timeoutMilliseconds,
    }),
  );
  ids.set(id, String(made.IntegrationId));
};

const Authoriser = z.object({
  apiId: z.string(),
  name: z.string(),
  authorizerType: z.literal('JWT'),
  identitySources: z.array(z.string()),
  jwtConfiguration: z.object({ issuer: z.string(), audiences: z.array(z.string()) }),
});

export const createAuthoriser: Creator = async ({ inputs, id }, { clients: { api }, ids }) => {
  const { apiId, name, authorizerType, identitySources, jwtConfiguration } = Authoriser.parse(inputs);
  const { AuthorizerId } = await api.send(
    new CreateAuthorizerCommand({
      ApiId: apiId,
      Name: name,
      AuthorizerType: authorizerType,
      IdentitySource: identitySources,
      JwtConfiguration: { Issuer: jwtConfiguration.issuer, Audience: jwtConfiguration.audiences },
    }),
  );
  ids.set(id, String(AuthorizerId));
};

const Route = z.object({
  apiId: z.string(),
  routeKey: z.string(),
  authorizationType: z.enum(['AWS_IAM', 'NONE', 'CUSTOM', 'JWT']),
  authorizerId: z.string().optional(),
  target: z.string().startsWith('integrations/'),
});

export const createRoute: Creator = async ({ inputs }, { clients: { api }, ids }) => {
  const { apiId, routeKey, authorizationType, authorizerId, target } = Route.parse(inputs);
  await api.send(
    new CreateRouteCommand({
      ApiId: apiId,
      RouteKey: routeKey,
      AuthorizationType: authorizationType,
      AuthorizerId: authorizerId && ids.get(authorizerId),
      Target: `integrations/${ids.get(target.slice('integrations/'.length))}`,
    }),
  );
};
