// Publishes as users, each with a token that carries the user's id, as the stack's own publisher does.
import assert from 'node:assert/strict';
import {
  AuthClient,
  AuthClientConfigurations,
  DisposableTokenScopes,
  ExpiresIn,
  GenerateDisposableTokenResponse,
  NoopMomentoLoggerFactory,
} from '@gomomento/sdk';
import { apiKeyCredentials } from '../../handlers/adapters/momento-credentials';
import { Topic } from '../../handlers/adapters/topic';

export interface PublisherSettings {
  /** `host:port` of the local Momento. */
  readonly local: string;
  readonly apiKey: string;
  readonly cacheName: string;
  readonly topicName: string;
}

export class Publisher {
  readonly #auth: AuthClient;
  readonly #topic: Topic;
  readonly #tokens = new Map<string, Promise<string>>();

  constructor(private readonly settings: PublisherSettings) {
    const { apiKey, local, cacheName, topicName } = settings;
    this.#auth = new AuthClient({
      credentialProvider: apiKeyCredentials(apiKey, { local }),
      configuration: AuthClientConfigurations.Default.latest(new NoopMomentoLoggerFactory()),
    });
    this.#topic = new Topic({ cacheName, topicName, local });
  }

  async publish(user: string, text: string): Promise<void> {
    await this.#topic.publish(text, await this.tokenOf(user), Date.now() + 5_000);
  }

  /** A disposable token with this user's id, the same each time. */
  tokenOf(user: string): Promise<string> {
    const token = this.#tokens.get(user) ?? this.#vend(user);
    this.#tokens.set(user, token);
    return token;
  }

  async #vend(user: string): Promise<string> {
    const scope = DisposableTokenScopes.topicPublishOnly(this.settings.cacheName, this.settings.topicName);
    const vended = await this.#auth.generateDisposableToken(scope, ExpiresIn.minutes(55), { tokenId: user });
    assert(vended.type === GenerateDisposableTokenResponse.Success, vended.toString());
    return vended.authToken;
  }
}
