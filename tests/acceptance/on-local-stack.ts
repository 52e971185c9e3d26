// The stack on this machine as a row has it at hand: its own handlers and URLs answer, its own Momento stores. What the local
// AWS does not have (CloudWatch, STS, a queue's policy) answers as a test says.
import { createServer, type Server } from 'node:http';
import { clientsIn } from '../../acceptance/clients';
import type { Context } from '../../acceptance/context';
import { createCache } from '../../acceptance/momento-cache';
import { apiKeyCredentials, localMomento } from '../../handlers/adapters/momento-credentials';
import { listen } from '../../local/aws/http';
import { type Stack, type StackOptions, startStack } from '../../local/stack';
import { type Answers, knownStack, type RecordedAws, recordedAws, waitFor } from './recorded-aws';

const RESOURCES = [
  { type: 'aws:secretsmanager/secret:Secret', name: 'signing-secret', id: 'arn:signing-secret' },
  { type: 'aws:cloudwatch/metricAlarm:MetricAlarm', name: 'wrong-signing-secret', id: 'wrong-1234567' },
  { type: 'aws:cloudwatch/logGroup:LogGroup', name: 'redrive', id: 'redrive-1234567' },
  { type: 'aws:ecs/cluster:Cluster', name: 'relay', id: 'arn:aws:ecs:us-east-1:123456789012:cluster/relay' },
  {
    type: 'aws:ecs/service:Service',
    name: 'relay',
    id: 'arn:aws:ecs:us-east-1:123456789012:service/relay/relay',
  },
];
export const ROLE = 'arn:aws:iam::123456789012:role/acceptance-1';

export class OnLocalStack {
  readonly facts = new Map<string, string>();
  readonly #recorded: RecordedAws[] = [];
  readonly #open: Server[] = [];

  private constructor(readonly local: Stack) {}

  /** Connected to nothing, as what Momento would send comes from the rows; or with a webhook that delivers. */
  static async start({ delivers = false, front = 'function-url' } = {}): Promise<OnLocalStack> {
    const options: StackOptions = delivers
      ? { config: { delivery: 'managed-webhook', front } }
      : { config: { front }, secrets: { signingSecret: 'of-the-acceptance' } };
    const rig = new OnLocalStack(await startStack(options));
    await createCache(rig.#momento);
    return rig;
  }

  get #momento() {
    const { apiKey, momento, cacheName } = this.local;
    return { credentialProvider: apiKeyCredentials(apiKey, { local: localMomento(momento.url) }), cacheName };
  }

  get secret(): string {
    return this.local.secrets.currentText(this.#secretArn);
  }

  rotate(secret: string): void {
    this.local.secrets.putSecretValue(this.#secretArn, secret);
  }

  get #secretArn(): string {
    return String(this.local.functionNamed('webhookFunctionName').environment.SIGNING_SECRET_ARN);
  }

  /** The calls of the AWS that answers as tests say. */
  get calls() {
    return this.#recorded.flatMap(({ calls }) => calls);
  }

  async context(answers: Answers = {}, outputs: Record<string, unknown> = {}) {
    const { local } = this;
    const recorded = await recordedAws({ GetSecretValue: () => ({ SecretString: this.secret }), ...answers });
    this.#recorded.push(recorded);
    const where = { region: local.region, endpoint: local.aws.url, credentials: local.credentials };
    const { lambda, lambdaAs, sqs } = clientsIn(where);
    const functions = ['webhook', 'publisher', 'tokens'].map((name) => ({
      type: 'aws:lambda/function:Function',
      name,
      id: String(local.outputs[`${name}FunctionName`]),
    }));
    return {
      aws: { ...recorded.aws, lambda, lambdaAs, sqs },
      recorded: recorded.aws,
      region: local.region,
      credentials: async () => local.credentials,
      momento: this.#momento,
      stack: knownStack({ ...local.outputs, ...outputs }, [...functions, ...RESOURCES]),
      facts: {
        get: (name: string) => this.facts.get(name) ?? 'unknown',
        set: (name: string, value: string) => void this.facts.set(name, value),
      },
      since: Date.now(),
      waitFor,
      makeRole: async () => ROLE,
      sources: { replace: () => {}, restore: () => {} },
      say: () => {},
    } satisfies Context & { recorded: Context['aws'] };
  }

  /** A URL that answers everybody with 200, and does nothing. */
  async openUrl(): Promise<string> {
    const server = createServer((_request, response) => response.end('{}'));
    this.#open.push(server);
    return `http://127.0.0.1:${await listen(server, 0)}/`;
  }

  /** As it was, for the next test. */
  async reset(): Promise<void> {
    for (const server of this.#open.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
    this.local.setFaults(undefined);
    this.facts.clear();
    await createCache(this.#momento);
    await Promise.all(this.#recorded.splice(0).map((one) => one.close()));
  }

  async close(): Promise<void> {
    await this.reset();
    await this.local.close();
  }
}
