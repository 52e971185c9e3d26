// What all functions of this stack have in common.
import type * as aws from '@pulumi/aws';
import { bundleHandlers, bundleRelay } from './bundle';
import type { StackConfig } from './config';
import { HandlerFunction, type HandlerFunctionArgs } from './handler-function';
import { readSecrets, type Secret } from './secret';

/** What differs from function to function. */
interface OwnArgs extends Pick<HandlerFunctionArgs, 'description' | 'environment' | 'reservedConcurrency'> {
  /** The secrets that the function may read. */
  readonly secrets: readonly Secret[];
  /** The function's other permissions. */
  readonly statements?: readonly aws.iam.PolicyStatement[];
}

/**
 * Bundles these handlers, and the relay if it delivers. Returns a function that creates the Lambda function of a name. Throws
 * a RunError if a handler cannot be bundled, before any resource is registered.
 */
export function bundledFunctions<Name extends string>(names: readonly Name[], config: StackConfig) {
  const { application, memoryMb, logRetentionDays, tracing } = config;
  const codeOf = bundleHandlers(names, { application });
  if (config.delivery === 'relay') bundleRelay();
  return (name: Name, { secrets, statements = [], ...args }: OwnArgs): HandlerFunction =>
    new HandlerFunction(name, {
      code: codeOf(name),
      statements: [readSecrets(...secrets), ...statements],
      ...args,
      memoryMb,
      logRetentionDays,
      tracing,
    });
}
