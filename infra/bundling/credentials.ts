// In place of @aws-sdk/credential-provider-node, whose other sources (profiles, SSO, processes, EC2) are of no use to code
// that AWS runs: Lambda gives credentials in the environment, Fargate at an address that it names there. Saves 90 KB.
import { ENV_KEY, fromEnv } from '@aws-sdk/credential-provider-env';
import { fromHttp } from '@aws-sdk/credential-provider-http';

type Options = Parameters<typeof fromEnv>[0];

export const defaultProvider = (options?: Options) => () =>
  process.env[ENV_KEY] ? fromEnv(options)() : fromHttp(options)();
