// Reads the HTTP APIs that the program declares, and checks them as API Gateway would.
import * as v from 'valibot';
import { functionNameOf, type Resource, read } from '../declared';
import { accessLogOf, type WriteAccess } from './access-log';

export interface DeclaredRoute {
  /** the resource's name in the program */
  name: string;
  /** such as `POST /webhook` */
  key: string;
  auth: 'NONE' | 'AWS_IAM';
  functionName: string;
}

export interface DeclaredHttpApi {
  /** the stage's name in the program */
  name: string;
  id: string;
  routes: DeclaredRoute[];
  /** for each route */
  throttle: Limits;
  writeAccess: WriteAccess;
}

export interface Limits {
  /** requests per second */
  rate: number;
  /** requests at once */
  burst: number;
}

/** Routes with variables, or for any method or path, are not needed here. */
const routeKey = v.pipe(v.string(), v.regex(/^[A-Z]+ \/[\w/-]+$/, 'not a method and a plain path'));
const routeShape = v.object({
  apiId: v.string(),
  routeKey,
  target: v.pipe(v.string(), v.startsWith('integrations/')),
  authorizationType: v.optional(v.picklist(['NONE', 'AWS_IAM']), 'NONE'),
});
const integrationShape = v.object({
  id: v.string(),
  apiId: v.string(),
  integrationType: v.literal('AWS_PROXY'),
  integrationUri: v.string(),
  payloadFormatVersion: v.literal('2.0'),
});
const stageShape = v.object({
  apiId: v.string(),
  name: v.literal('$default'),
  autoDeploy: v.literal(true),
  // The provider sends 0 for a limit that is left out, and that lets nothing through.
  defaultRouteSettings: v.object({ throttlingRateLimit: v.number(), throttlingBurstLimit: v.number() }),
  accessLogSettings: v.object({ destinationArn: v.string(), format: v.string() }),
});
const logGroupShape = v.object({ arn: v.string() });

/** Throws if AWS would refuse a resource, or if it needs what is not hosted here. The error names the resource. */
export function readHttpApis(resources: readonly Resource[]): DeclaredHttpApi[] {
  const identified = resources.map((one) => ({ ...one, state: { ...one.state, id: one.id } }));
  const routes = read(resources, 'aws:apigatewayv2/route:Route', routeShape);
  const integrations = read(identified, 'aws:apigatewayv2/integration:Integration', integrationShape);
  const groups = read(resources, 'aws:cloudwatch/logGroup:LogGroup', logGroupShape);
  return read(resources, 'aws:apigatewayv2/stage:Stage', stageShape).map(({ name, value: stage }) => {
    const { apiId, defaultRouteSettings, accessLogSettings } = stage;
    if (!groups.some(({ value }) => value.arn === accessLogSettings.destinationArn)) {
      throw new Error(`stage ${name}: the program declares no log group ${accessLogSettings.destinationArn}`);
    }
    const own = routes.filter(({ value }) => value.apiId === apiId);
    const keys = own.map(({ value }) => value.routeKey);
    const twice = keys.find((key, index) => keys.indexOf(key) !== index);
    if (twice) throw new Error(`stage ${name}: two routes have the key ${twice}`);
    return {
      name,
      id: apiId,
      routes: own.map((route) => {
        const { routeKey: key, authorizationType: auth, target } = route.value;
        const integration = integrations.find(
          ({ value }) => value.apiId === apiId && target === `integrations/${value.id}`,
        );
        if (!integration) throw new Error(`route ${route.name}: the program declares no ${target}`);
        return {
          name: route.name,
          key,
          auth,
          functionName: functionNameOf(integration.value.integrationUri),
        };
      }),
      throttle: {
        rate: defaultRouteSettings.throttlingRateLimit,
        burst: defaultRouteSettings.throttlingBurstLimit,
      },
      writeAccess: accessLogOf(accessLogSettings.format, `stage ${name}`),
    };
  });
}
