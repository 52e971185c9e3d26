import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { HandlerFunction } from './handler-function';
import { tags } from './tags';

export interface RouteArgs {
  readonly handler: HandlerFunction;
  /** What the handler is posted to, such as `/comments`. */
  readonly path: string;
  /** Who may call: `NONE` allows anybody, `AWS_IAM` those whom IAM allows. */
  readonly authorization: 'NONE' | 'AWS_IAM';
}

export interface HttpApiArgs {
  /** By the name of the handler. */
  readonly routes: Readonly<Record<string, RouteArgs>>;
  /** For each route: requests per second, and how many may come at once. */
  readonly throttle: { readonly rate: number; readonly burst: number };
  readonly logRetentionDays: number;
  /** Its own address. The certificate is in the stack's region. */
  readonly domain?: { readonly name: string; readonly certificateArn: string };
}

/** The one stage. Requests do not name it. */
const STAGE = '$default';

/**
 * A line for each request, with what API Gateway knows of it: no header, no body, and no path, as anybody can write one. Values are
 * in quotation marks, because what does not apply is `-`.
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html)
 */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  ip: '$context.identity.sourceIp',
  route: '$context.routeKey',
  status: '$context.status',
  integrationStatus: '$context.integrationStatus',
  latencyMs: '$context.responseLatency',
  error: '$context.error.message',
};

/** One HTTPS address with a route for each handler (API Gateway, HTTP API). */
export class HttpApi extends pulumi.ComponentResource {
  readonly apiId: pulumi.Output<string>;
  /** Without a slash at the end; the routes' paths follow. It is known once they can be called. */
  readonly url: pulumi.Output<string>;
  /** What the domain's DNS record must point to. */
  readonly domainTarget: pulumi.Output<string> | undefined;

  constructor(name: string, args: HttpApiArgs, opts?: pulumi.ComponentResourceOptions) {
    super('momento-webhooks:index:HttpApi', name, {}, opts);
    const parent = { parent: this };
    const api = new aws.apigatewayv2.Api(name, { protocolType: 'HTTP', tags }, parent);
    const routes = Object.entries(args.routes).map(([of, route]) => this.#route(of, api, route));
    const logGroup = new aws.cloudwatch.LogGroup(
      name,
      { retentionInDays: args.logRetentionDays, tags },
      parent,
    );
    const stage = new aws.apigatewayv2.Stage(
      name,
      {
        apiId: api.id,
        name: STAGE,
        autoDeploy: true,
        defaultRouteSettings: {
          throttlingRateLimit: args.throttle.rate,
          throttlingBurstLimit: args.throttle.burst,
        },
        accessLogSettings: { destinationArn: logGroup.arn, format: JSON.stringify(ACCESS_LOG) },
        tags,
      },
      { parent: this, dependsOn: routes }, // what it deploys first is complete
    );
    const domain = args.domain && this.#domain(name, args.domain, stage);
    this.apiId = api.id;
    this.url = domain?.url ?? stage.invokeUrl.apply((url) => url.replace(/\/$/, ''));
    this.domainTarget = domain?.target;
    this.registerOutputs({ url: this.url });
  }

  /** The API may call the function for this route alone, before the route exists. */
  #route(name: string, api: aws.apigatewayv2.Api, { handler, path, authorization }: RouteArgs) {
    const permission = new aws.lambda.Permission(
      name,
      {
        function: handler.functionName,
        action: 'lambda:InvokeFunction',
        principal: 'apigateway.amazonaws.com',
        sourceArn: pulumi.interpolate`${api.executionArn}/${STAGE}/POST${path}`,
      },
      { parent: this },
    );
    const integration = new aws.apigatewayv2.Integration(
      name,
      {
        apiId: api.id,
        integrationType: 'AWS_PROXY',
        integrationMethod: 'POST', // Lambda's own: it does not depend on the route's
        integrationUri: handler.functionArn,
        payloadFormatVersion: '2.0', // the event of a Function URL
      },
      { parent: this },
    );
    return new aws.apigatewayv2.Route(
      name,
      {
        apiId: api.id,
        routeKey: `POST ${path}`,
        target: pulumi.interpolate`integrations/${integration.id}`,
        authorizationType: authorization,
      },
      { parent: this, dependsOn: permission },
    );
  }

  #domain(
    name: string,
    domain: { readonly name: string; readonly certificateArn: string },
    stage: aws.apigatewayv2.Stage,
  ) {
    const { certificateArn } = domain;
    const { domainName, domainNameConfiguration } = new aws.apigatewayv2.DomainName(
      name,
      {
        domainName: domain.name,
        domainNameConfiguration: { certificateArn, endpointType: 'REGIONAL', securityPolicy: 'TLS_1_2' },
        tags,
      },
      { parent: this },
    );
    const mapping = new aws.apigatewayv2.ApiMapping(
      name,
      { apiId: stage.apiId, domainName, stage: stage.name },
      { parent: this },
    );
    return {
      url: pulumi.interpolate`https://${mapping.domainName}`,
      target: domainNameConfiguration.targetDomainName,
    };
  }
}
