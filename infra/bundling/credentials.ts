// Replaces @aws-sdk/credential-provider-node. Code that AWS runs does not need its other sources (profiles, SSO, processes,
// EC2): Lambda gives credentials in the environment, Fargate at an address that it names there. Saves 90 KB.
import { ENV_KEY, fromEnv } from '@aws-sdk/credential-provider-env';
import { fromHttp } from '@aws-sdk/credential-provider-http';
import { memoize } from '@smithy/core/config';

type Options = Parameters<typeof fromEnv>[0];

/** Credentials are fetched again this long before they expire, in milliseconds, as by the SDK's own default. */
const BEFORE_EXPIRY_MS = 300_000;

/** An AWS client asks for credentials more than once per call, so they are kept until shortly before they expire. */
export const defaultProvider = (options?: Options) =>
  memoize(
    () => (process.env[ENV_KEY] ? fromEnv(options)() : fromHttp(options)()),
    ({ expiration }) => expiration !== undefined && expiration.getTime() - Date.now() < BEFORE_EXPIRY_MS,
    ({ expiration }) => expiration !== undefined,
  );
