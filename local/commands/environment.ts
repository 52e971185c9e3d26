// The environment of a user's own backend and frontend that run against the local stack, as the lines of a `.env` file.
import type { AccessKey } from '../aws/sigv4';

export interface Described {
  readonly awsUrl: string;
  readonly region: string;
  readonly credentials: AccessKey;
  readonly momentoUrl: string;
  readonly apiKey: string;
  readonly cacheName: string;
  readonly topicName: string;
  /** The program's, and the application's. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** By variable. An output such as `publisherUrl` becomes PUBLISHER_URL. */
export function environmentFor(stack: Described): Record<string, string> {
  const outputs = Object.entries(stack.outputs).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name.replace(/([A-Z])/g, '_$1').toUpperCase(), value]] : [],
  );
  return {
    AWS_ENDPOINT_URL: stack.awsUrl,
    AWS_REGION: stack.region,
    AWS_DEFAULT_REGION: stack.region,
    AWS_ACCESS_KEY_ID: stack.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: stack.credentials.secretAccessKey,
    MOMENTO_ENDPOINT_URL: stack.momentoUrl,
    MOMENTO_API_KEY: stack.apiKey,
    CACHE_NAME: stack.cacheName,
    TOPIC_NAME: stack.topicName,
    ...Object.fromEntries(outputs),
  };
}

/**
 * The lines, which shells, Docker Compose, direnv and Node.js read alike. A value that they read differently stands in single
 * quotes; one that none of them can read, with such a quote or a line end in it, is left out.
 */
export function envFile(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .filter(([, value]) => !/['\p{Cc}]/u.test(value))
    .map(([name, value]) => `${name}=${/^[\w./:=+@%,-]*$/.test(value) ? value : `'${value}'`}\n`)
    .join('');
}
