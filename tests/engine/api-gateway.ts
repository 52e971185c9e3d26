// The HTTP APIs of the account, as API Gateway tells of them.
import assert from 'node:assert/strict';
import {
  ApiGatewayV2Client,
  GetApiMappingsCommand,
  GetApisCommand,
  GetDomainNamesCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
  GetStagesCommand,
} from '@aws-sdk/client-apigatewayv2';

const gateway = new ApiGatewayV2Client({});

/** The names of all APIs and domains. */
export async function gateways(): Promise<string[]> {
  const { Items: apis = [] } = await gateway.send(new GetApisCommand({}));
  const { Items: domains = [] } = await gateway.send(new GetDomainNamesCommand({}));
  return [
    ...apis.map(({ Name }) => `API ${Name}`),
    ...domains.map(({ DomainName }) => `domain ${DomainName}`),
  ];
}

/** An API with its one stage, and its routes with their integrations, by key. */
export async function httpApi(ApiId: string) {
  const { Items: stages = [] } = await gateway.send(new GetStagesCommand({ ApiId }));
  const { Items: routes = [] } = await gateway.send(new GetRoutesCommand({ ApiId }));
  const { Items: integrations = [] } = await gateway.send(new GetIntegrationsCommand({ ApiId }));
  const [stage, ...others] = stages;
  assert(stage && others.length === 0, 'it has one stage');
  assert.equal(integrations.length, routes.length, 'each integration has its route');
  const leading = routes.map(({ RouteKey = '', AuthorizationType, Target }) => {
    const integration = integrations.find(({ IntegrationId }) => Target === `integrations/${IntegrationId}`);
    return [RouteKey, { AuthorizationType, ...integration }] as const;
  });
  return { stage, routes: Object.fromEntries(leading) };
}

/** The APIs to which a domain leads. */
export async function mappedTo(DomainName: string): Promise<(string | undefined)[]> {
  const { Items = [] } = await gateway.send(new GetApiMappingsCommand({ DomainName }));
  return Items.map(({ ApiId }) => ApiId);
}
