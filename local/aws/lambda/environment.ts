// The environment of a function: its declared variables and those that Lambda sets, none of this process.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
import { REGION } from '../account';
import type { DeclaredFunction } from '../declared';
import type { AccessKey } from '../sigv4';

/** Lambda reserves them, and refuses a function that declares one. */
const RESERVED = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
]);
const MAX_BYTES = 4096;

/** Throws if Lambda would refuse the declared variables. */
export function checkEnvironment({ name, environment }: DeclaredFunction): void {
  const reserved = Object.keys(environment).filter((variable) => RESERVED.has(variable));
  if (reserved.length > 0)
    throw new Error(`function ${name}: Lambda reserves the variables ${reserved.join(', ')}`);
  const size = Buffer.byteLength(Object.entries(environment).flat().join(''));
  if (size > MAX_BYTES) throw new Error(`function ${name}: its environment exceeds ${MAX_BYTES} bytes`);
}

/** @param local the variables that only a local function gets: the addresses of its AWS and its Momento */
export function environmentOf(
  declared: DeclaredFunction,
  key: Required<AccessKey>,
  local: Record<string, string>,
): Record<string, string> {
  return {
    ...declared.environment,
    ...local,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_EXECUTION_ENV: `AWS_Lambda_${declared.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: declared.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(declared.memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: declared.logGroup,
    AWS_LAMBDA_LOG_FORMAT: declared.logFormat,
    ...(declared.logFormat === 'JSON' ? { AWS_LAMBDA_LOG_LEVEL: declared.logLevel } : {}),
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    AWS_SESSION_TOKEN: key.sessionToken,
    // The SDK looks for these files in the home directory, which a worker thread shares with this process.
    AWS_SHARED_CREDENTIALS_FILE: '/nowhere/credentials',
    AWS_CONFIG_FILE: '/nowhere/config',
    _HANDLER: declared.handler,
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
    PATH: '/usr/local/bin:/usr/bin:/bin:/opt/bin',
  };
}
