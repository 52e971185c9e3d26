// The relay's real bundle as a process, between a local Momento and a receiver that a test scripts.

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { resolve } from 'node:path';
import { type Momento, type MomentoOptions, makeLegacyKey, startMomento } from 'local-momento';
import { Topic } from '../../handlers/adapters/topic';
import { bundleRelay } from '../../infra/bundle';
import { ACCOUNT_ID, REGION } from '../../local/aws/account';
import { Container } from '../../local/aws/ecs/container';
import { TaskCredentials } from '../../local/aws/ecs/credentials';
import { AwsEndpoint } from '../../local/aws/endpoint';
import { listen } from '../../local/aws/http';
import { parsePolicy } from '../../local/aws/iam';
import { SecretsManager } from '../../local/aws/secrets-manager';
import { Sqs } from '../../local/aws/sqs';
import { Publisher } from '../../local/stack/publisher';

export const CACHE = 'comments';
export const TOPIC = 'comment';
const PROJECT = resolve(__dirname, '../..');
const arn = (service: string, name: string) => `arn:aws:${service}:${REGION}:${ACCOUNT_ID}:${name}`;
const API_KEY_ARN = arn('secretsmanager', 'secret:api-key-abcdef');
const SIGNING_SECRET_ARN = arn('secretsmanager', 'secret:signing-secret-abcdef');
const QUEUE_ARN = arn('sqs', 'dead-letter');
export const SIGNING_SECRET = 'the-signing-secret';

/** The relay's bundle, which a rig builds. */
export const relayCode = () => readFileSync(resolve(PROJECT, '.bundles/relay.js'), 'utf8');

export interface Call {
  readonly at: number;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** `body`, read. */
  readonly event: Record<string, unknown>;
}

/** What a receiver does with a call; it may leave it unanswered. */
export type Script = (call: Call, response: ServerResponse) => void;

export const answer =
  (status: number, headers: Record<string, string> = {}): Script =>
  (_, response) => {
    response.writeHead(status, headers).end('{}');
  };

export class Rig {
  readonly calls: Call[] = [];
  readonly lines: Record<string, unknown>[] = [];
  script: Script = answer(200);
  #running: Container | undefined;
  #closers: (() => Promise<unknown>)[] = [];
  #waiting = new Set<() => void>();

  private constructor(
    readonly momento: Momento,
    readonly aws: AwsEndpoint,
    readonly secrets: SecretsManager,
    readonly sqs: Sqs,
    readonly apiKey: string,
    private readonly environment: Record<string, string>,
    private readonly receiver: Server,
  ) {}

  static async start(options: MomentoOptions = {}): Promise<Rig> {
    bundleRelay({ project: PROJECT });
    const apiKey = makeLegacyKey();
    const momento = await startMomento({ caches: [CACHE], apiKeys: [apiKey], ...options });
    const secrets = new SecretsManager(Date.now);
    secrets.declare([
      { arn: API_KEY_ARN, name: 'api-key', value: apiKey },
      { arn: SIGNING_SECRET_ARN, name: 'signing-secret', value: SIGNING_SECRET },
    ]);
    const sqs = new Sqs();
    const key = {
      accessKeyId: 'ASIARELAY',
      secretAccessKey: randomBytes(20).toString('hex'),
      sessionToken: 'session',
    };
    const statements = parsePolicy(
      {
        Statement: [
          {
            Effect: 'Allow',
            Action: 'secretsmanager:GetSecretValue',
            Resource: [API_KEY_ARN, SIGNING_SECRET_ARN],
          },
          { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: QUEUE_ARN },
        ],
      },
      'the relay',
    );
    const aws = await AwsEndpoint.start({
      services: [secrets.service, sqs.service],
      findIdentity: (id) =>
        id === key.accessKeyId ? { ...key, arn: arn('sts', 'relay'), statements } : undefined,
      now: Date.now,
    });
    const queueUrl = `${aws.url}/${ACCOUNT_ID}/dead-letter`;
    sqs.declare([
      {
        arn: QUEUE_ARN,
        name: 'dead-letter',
        url: queueUrl,
        visibilityMs: 30_000,
        delayMs: 0,
        retentionMs: 86_400_000,
      },
    ]);
    const credentials = await TaskCredentials.serve(() => key);
    const receiver = createServer();
    const receiverPort = await listen(receiver, 0);
    const rig = new Rig(
      momento,
      aws,
      secrets,
      sqs,
      apiKey,
      {
        API_KEY_SECRET_ARN: API_KEY_ARN,
        SIGNING_SECRET_ARN,
        CACHE_NAME: CACHE,
        TOPIC_NAME: TOPIC,
        WEBHOOK_URL: `http://127.0.0.1:${receiverPort}/`,
        DEAD_LETTER_QUEUE_URL: queueUrl,
        IN_FLIGHT: '32',
        HEALTH_PORT: '0',
        POWERTOOLS_METRICS_NAMESPACE: 'tests',
        POWERTOOLS_SERVICE_NAME: 'relay',
        AWS_ENDPOINT_URL: aws.url,
        AWS_REGION: REGION,
        MOMENTO_ENDPOINT_URL: momento.url,
        ...credentials.environment,
      },
      receiver,
    );
    receiver.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        const { method = '', headers } = request;
        const call = { at: Date.now(), method, headers, body, event: JSON.parse(body) };
        rig.calls.push(call);
        rig.script(call, response);
        rig.#tell();
      });
    });
    rig.#closers = [
      () => momento.close(),
      () => aws.close(),
      () => credentials.close(),
      () => rig.#closeReceiver(),
    ];
    return rig;
  }

  /** Starts the relay, and waits until it subscribes. */
  async run(environment: Record<string, string> = {}): Promise<Container> {
    const subscribed = new Promise<void>((resolve) => this.momento.on('subscribed', () => resolve()));
    const container = this.begin(environment);
    await Promise.race([
      subscribed,
      container.ended.then((end) => {
        throw new Error(`the relay ended with ${end}: ${JSON.stringify(this.lines)}`);
      }),
    ]);
    return container;
  }

  /** Starts the relay. */
  begin(environment: Record<string, string> = {}): Container {
    const container = new Container({
      code: relayCode(),
      environment: { ...this.environment, ...environment },
      onLog: (line) => {
        // Node.js itself may print a warning, which is not JSON.
        if (line.startsWith('{')) this.lines.push(JSON.parse(line));
        this.#tell();
      },
    });
    this.#running = container;
    return container;
  }

  /** Publishes texts one after the other, with an API key or a disposable token. */
  async publish(texts: readonly string[], key = this.apiKey): Promise<void> {
    const local = `127.0.0.1:${this.momento.port}`;
    const topic = new Topic({ cacheName: CACHE, topicName: TOPIC, local });
    for (const text of texts) await topic.publish(text, key, Date.now() + 5_000);
  }

  /** A disposable token that carries this user's id. */
  tokenOf(user: string): Promise<string> {
    const local = `127.0.0.1:${this.momento.port}`;
    const { apiKey } = this;
    return new Publisher({ local, apiKey, cacheName: CACHE, topicName: TOPIC }).tokenOf(user);
  }

  /** The log lines of one outcome. */
  logged(outcome: string): unknown[] {
    return this.lines
      .map(({ message }) => message)
      .filter(
        (message) =>
          message !== null && typeof message === 'object' && Reflect.get(message, 'outcome') === outcome,
      );
  }

  /** How many messages Momento skipped, according to the relay. */
  get missed(): number {
    const counts = this.logged('discontinuity').map((line) => Number(Reflect.get(Object(line), 'missed')));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  get texts(): unknown[] {
    return this.calls.map(({ event }) => event.text);
  }

  /** Resolves as soon as a call or a log line makes the condition true. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  #tell(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  async #closeReceiver(): Promise<void> {
    const closed = new Promise((done) => this.receiver.close(done));
    this.receiver.closeAllConnections();
    await closed;
  }

  async close(): Promise<void> {
    await this.#running?.kill();
    await Promise.all(this.#closers.map((close) => close()));
  }
}
