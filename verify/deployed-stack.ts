// A deployed stack, read from its outputs and its settings.
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import * as v from 'valibot';
import { loadApplication } from '../local/application';
import { UsageError } from '../local/commands/flags';
import { accessFromEnvironment } from '../local/commands/momento-access';
import { StepFailed } from './step';
import type { Target } from './verify';

const PROJECT = resolve(__dirname, '..');

const outputs = v.object({
  publisherUrl: v.string(),
  publisherFunctionName: v.string(),
  webhookUrl: v.string(),
  webhookFunctionName: v.string(),
  redriveQueueUrl: v.string(),
  apiId: v.optional(v.string()),
  applicationOutputs: v.optional(v.record(v.string(), v.string()), {}),
});
const settings = v.record(v.string(), v.object({ value: v.optional(v.string()) }));

/** Uses the caller's AWS credentials and the key in MOMENTO_API_KEY. Throws UsageError and StepFailed. */
export async function deployedStack(stack: string, cache: string | undefined): Promise<Target> {
  const credentialProvider = accessFromEnvironment();
  const out = await pulumi(outputs, ['stack', 'output', '--json', '--stack', stack]);
  const config = await pulumi(settings, ['config', '--json', '--stack', stack]);
  const set = (key: string) => Object.entries(config).find(([name]) => name.endsWith(`:${key}`))?.[1];
  const delivery = set('delivery')?.value ?? 'webhook';
  if (delivery !== 'managed-webhook' && !set('signingSecret')) {
    throw new StepFailed(
      'stack',
      'it has no signing secret yet, and the webhook answers 503 until it has one',
      [`the next steps: pulumi up --stack ${stack} prints them`],
    );
  }
  const cacheName = cache ?? set('cacheName')?.value ?? `course-comments-${stack.split('/').at(-1)}`;
  const logs = (name: string) =>
    `its log: aws logs tail --since 5m "$(aws lambda get-function-configuration --function-name ${name} --query LoggingConfig.LogGroup --output text)"`;
  return {
    publisherUrl: out.publisherUrl,
    signingName: out.apiId === undefined ? 'lambda' : 'execute-api',
    application: loadApplication(PROJECT, set('application')?.value),
    access: {
      credentialProvider,
      cacheName,
      region: regionOf(out.publisherUrl, config['aws:region']?.value),
      credentials: defaultProvider(),
      outputs: out.applicationOutputs,
    },
    lookAt: {
      caller: `aws sts get-caller-identity: it needs ${permissionOf(out)}`,
      url: `pulumi stack output publisherUrl --stack ${stack}`,
      publisher: logs(out.publisherFunctionName),
      webhook: `the webhook's log, where "signature" means that its signing secret is not Momento's; ${logs(out.webhookFunctionName)}`,
      delivery: DELIVERY[delivery]?.(stack, out.webhookUrl) ?? `what delivers the messages: ${delivery}`,
      queue: `the messages that wait to be stored: aws sqs get-queue-attributes --attribute-names All --queue-url ${out.redriveQueueUrl}`,
      cache: `whether the cache ${cacheName} exists, and whether the key in MOMENTO_API_KEY may read and write it`,
    },
  };
}

const DELIVERY: Record<string, (stack: string, webhookUrl: string) => string> = {
  webhook: (_stack, url) => `Does the webhook in Momento have this cache, this topic and the URL ${url}?`,
  'managed-webhook': (stack) =>
    `whether the webhook in Momento was changed: pulumi refresh --stack ${stack}, then pulumi up --stack ${stack}`,
  relay: () => 'whether the relay runs: its service and its log in Amazon ECS',
};

/** Parses the JSON that `pulumi` prints. */
async function pulumi<const T extends v.GenericSchema>(schema: T, args: string[]): Promise<v.InferOutput<T>> {
  const printed = await new Promise<string>((done, failed) => {
    execFile('pulumi', ['--non-interactive', ...args], { cwd: PROJECT }, (error, stdout, stderr) => {
      if (!error) done(stdout);
      else if (error.code === 'ENOENT') failed(new UsageError('pulumi is not on the PATH'));
      else failed(new StepFailed('stack', `pulumi ${args.join(' ')}: ${stderr.trim()}`, ['pulumi stack ls']));
    });
  });
  const parsed = v.safeParse(schema, JSON.parse(printed));
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new StepFailed('stack', `the output ${v.getDotPath(issue) ?? ''} is missing`, [
    'whether the last pulumi up succeeded',
  ]);
}

function permissionOf({ apiId, publisherFunctionName }: v.InferOutput<typeof outputs>): string {
  return apiId === undefined
    ? `lambda:InvokeFunctionUrl and lambda:InvokeFunction on the function ${publisherFunctionName}`
    : `execute-api:Invoke on the route POST /comments of the API ${apiId}`;
}

/** @param setting for a domain of one's own, which names no region */
function regionOf(url: string, setting: string | undefined): string {
  const [, region] = /\.(?:lambda-url|execute-api)\.([a-z0-9-]+)\./.exec(new URL(url).hostname) ?? [];
  const found = region ?? setting ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  if (!found) throw new UsageError(`AWS_REGION is missing: ${url} does not contain the region`);
  return found;
}
