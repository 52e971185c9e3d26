// In place of @aws-sdk/credential-provider-node, whose other sources (profiles, SSO, processes, EC2) are of no use to code
// that AWS runs: Lambda gives credentials in the environment, Fargate at an address that it names there. Saves 90 KB.
import { ENV_KEY, fromEnv } from '@aws-sdk/credential-provider-env';
import { fromHttp } from '@aws-sdk/credential-provider-http';
import { memoize } from '@smithy/core/config';

type Options = Parameters<typeof fromEnv>[0];

/** So long before they expire they are fetched again, in milliseconds, as the SDK's own default does. */
const BEFORE_EXPIRY_MS = 300_000;

/** An AWS client asks for them at every call, and more than once: they are kept, until shortly before they expire. */
export const defaultProvider = (options?: Options) =>
  memoize(
    () => (process.env[ENV_KEY] ? fromEnv(options)() : fromHttp(options)()),
    ({ expiration }) => expiration !== undefined && expiration.getTime() - Date.now() < BEFORE_EXPIRY_MS,
    ({ expiration }) => expiration !== undefined,
  );
