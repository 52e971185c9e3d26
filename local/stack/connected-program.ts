// Evaluates the program with the settings of its stack and the addresses on this machine, and connects it to Momento.
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { DEFAULT_APPLICATION } from '../application';
import { ACCOUNT_ID } from '../aws/account';
import type { DeclaredSecret } from '../aws/declared';
import { evaluateProgram } from '../program';
import { readStackSettings } from '../program/settings';
import { type Connected, connectWebhook, makeCache } from './connect-webhook';
import { type DeclaredStack, readStack } from './declared';
import type { Services } from './services';
import type { StackOptions } from './stack';

const PROJECT = resolve(__dirname, '../..');

export interface Evaluated {
  readonly outputs: Record<string, unknown>;
  readonly declared: DeclaredStack;
  readonly connected: Connected;
}

export class ConnectedProgram {
  /** Momento makes the signing secret when it knows the webhook's URL. Until then this text replaces it. */
  readonly #placeholder = randomBytes(16).toString('hex');
  #signingSecret: string | undefined;

  constructor(
    private readonly options: StackOptions,
    private readonly services: Pick<Services, 'aws' | 'momento' | 'apiKey' | 'host' | 'apis'>,
  ) {
    this.#signingSecret = options.secrets?.signingSecret;
  }

  /**
   * Rejects with the program's own error, or with AWS's.
   * @param momentoUrl the Momento for resources that the program manages itself; without it, none are made
   */
  async evaluate(momentoUrl?: string): Promise<Evaluated> {
    const { stack = 'dev', folder = PROJECT } = this.options;
    const { aws, apiKey, host, apis } = this.services;
    // A domain of one's own leads to AWS.
    const { domainName, certificateArn, ...config } = {
      ...(await readStackSettings(folder, stack)),
      ...this.options.config,
    };
    const { delivery = 'webhook', application = DEFAULT_APPLICATION } = config;
    const { outputs, resources } = await evaluateProgram({
      stack,
      folder,
      config,
      secrets: { momentoApiKey: apiKey, ...this.#signingSecretFor(delivery), ...this.options.secrets },
      functionUrl: (name) => host.reserveUrl(name),
      httpApiUrl: (name) => apis.reserve(name),
      queueUrl: (name) => `${aws.url}/${ACCOUNT_ID}/${name}`,
      ...(momentoUrl !== undefined && { momentoUrl }),
    });
    const declared = readStack(resources, folder);
    const webhook = declared.aws.functions.find(({ name }) => name === outputs.webhookFunctionName);
    const { CACHE_NAME: cacheName = '', TOPIC_NAME: topicName = '' } = webhook?.environment ?? {};
    const webhookUrl = String(outputs.webhookUrl);
    const connected = { delivery, cacheName, topicName, webhookUrl, application };
    return { outputs, declared, connected };
  }

  /** Makes the resources in Momento that the program does not make itself. */
  async connect({ delivery, cacheName, topicName, webhookUrl: url }: Connected): Promise<void> {
    if (delivery === 'managed-webhook') return;
    const connection = { momento: this.services.momento, apiKey: this.services.apiKey, cacheName };
    if (delivery === 'relay' || !this.#signingSecret) await makeCache(connection);
    this.#signingSecret ??= await connectWebhook({ ...connection, topicName, url });
  }

  /** The declared secrets, with the signing secret in its place. */
  secretsOf({ aws }: DeclaredStack): DeclaredSecret[] {
    return aws.secrets.map((one) =>
      one.value === this.#placeholder ? { ...one, value: this.#signingSecret } : one,
    );
  }

  #signingSecretFor(delivery: string): Record<string, string> {
    if (delivery === 'managed-webhook') return {}; // the program makes the webhook, and refuses a signing secret
    if (delivery === 'relay') this.#signingSecret ??= this.#placeholder; // made up, as a user would
    return { signingSecret: this.#signingSecret ?? this.#placeholder };
  }
}
