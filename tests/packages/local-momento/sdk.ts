// A local Momento and the official SDK's clients for it, made as users make them.
import assert from 'node:assert/strict';
import {
  AuthClient,
  AuthClientConfigurations,
  CacheClient,
  Configurations,
  CredentialProvider,
  NoopMomentoLoggerFactory,
  TopicClient,
  TopicConfigurations,
} from '@gomomento/sdk';
import { type Momento, type MomentoOptions, startMomento } from 'local-momento';

const quiet = new NoopMomentoLoggerFactory();

export interface Clients {
  cache: CacheClient;
  topics: TopicClient;
  auth: AuthClient;
}

export interface Stand extends Clients {
  momento: Momento;
  /** Clients with a legacy API key or a disposable token; without one, those of "Momento local". */
  as(key?: string, timeoutMs?: number): Clients;
  close(): Promise<void>;
}

/** A Momento with the cache `cache`, and clients of the first of its API keys, or of "Momento local". */
export async function stand(options: MomentoOptions = {}): Promise<Stand> {
  const momento = await startMomento({ caches: ['cache'], ...options });
  const made: Clients[] = [];
  const as = (key?: string, timeoutMs = 5_000): Clients => {
    const clients = clientsWith(credentials(momento, key), timeoutMs);
    made.push(clients);
    return clients;
  };
  return {
    ...as(options.apiKeys?.[0]),
    momento,
    as,
    close: async () => {
      for (const { cache } of made) cache.close();
      await momento.close();
    },
  };
}

export function clientsWith(credentialProvider: CredentialProvider, timeoutMs = 5_000): Clients {
  return {
    cache: new CacheClient({
      credentialProvider,
      configuration: Configurations.Lambda.latest(quiet).withClientTimeoutMillis(timeoutMs),
      defaultTtlSeconds: 60,
    }),
    topics: new TopicClient({ credentialProvider, configuration: TopicConfigurations.Default.latest(quiet) }),
    auth: new AuthClient({
      credentialProvider,
      configuration: AuthClientConfigurations.Default.latest(quiet),
    }),
  };
}

export function credentials({ port }: Momento, key: string | undefined): CredentialProvider {
  if (key === undefined) return CredentialProvider.forMomentoLocal({ hostname: '127.0.0.1', port });
  return overridden(port, key);
}

/** A legacy API key or a disposable token, with the address that it lacks. */
export function overridden(port: number, key: string): CredentialProvider {
  const address = `127.0.0.1:${port}`;
  return CredentialProvider.fromDisposableToken({
    apiKey: key,
    endpointOverrides: {
      cacheEndpoint: address,
      controlEndpoint: address,
      tokenEndpoint: address,
      secureConnection: false,
    },
  });
}

/** The response kind of this name; the SDK lists kinds in an enum of strings. */
type OfKind<Response, Kind> = Response extends { type: infer Known extends string }
  ? `${Known}` extends Kind
    ? Response
    : never
  : never;

/** The response as the expected kind. Fails with the actual response otherwise. */
export function got<Response extends { type: string }, Kind extends `${Response['type']}`>(
  response: Response,
  kind: Kind,
): OfKind<Response, Kind> {
  if (!isOfKind(response, kind)) assert.fail(`${response} (${response.type}), not ${kind}`);
  return response;
}

function isOfKind<Response extends { type: string }, Kind>(
  response: Response,
  kind: Kind,
): response is Response & OfKind<Response, Kind> {
  return response.type === kind;
}

/** Asserts that the response is the SDK's error of this class. Returns its message. */
export function refused(response: unknown, as: abstract new (...args: never[]) => Error): string {
  assert.ok(
    typeof response === 'object' && response !== null && 'innerException' in response,
    `${response} is no error, but should be ${as.name}`,
  );
  assert.ok(typeof response.innerException === 'function');
  const error: unknown = response.innerException();
  assert.ok(error instanceof as, `${error} is not ${as.name}`);
  return error.message;
}

/** Resolves with the next event of this name for which `matches` is true. */
export function next<T>(
  on: (listener: (event: T) => void) => void,
  matches: (event: T) => boolean = () => true,
): Promise<T> {
  return new Promise((resolve) => on((event) => matches(event) && resolve(event)));
}
