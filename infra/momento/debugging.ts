import * as pulumi from '@pulumi/pulumi';

/**
 * Pulumi's SDK tells the engine of each resource, for debugging, whole as the engine answered it, and `pulumi up --json`
 * shows that to everybody. The engine masks the secrets of the configuration there, but not one that a provider made.
 * From here on the answers are left out.
 */
export function keepAnswersOutOfDebugging(): void {
  const { debug } = pulumi.log;
  const withoutAnswer: typeof debug = (message, ...more) =>
    debug(message.replace(/(RPC finished: .*?), resp: .*/s, '$1'), ...more);
  Object.assign(pulumi.log, { debug: withoutAnswer });
}
