import * as pulumi from '@pulumi/pulumi';

/**
 * For debugging, Pulumi's SDK logs the engine's whole answer for each resource and each look-up, and `pulumi up --json` shows
 * it to everybody. The engine masks the configuration's secrets there, but not those that a provider returns. From this call
 * on, the answers are left out.
 */
export function keepAnswersOutOfDebugging(): void {
  const { debug } = pulumi.log;
  const withoutAnswer: typeof debug = (message, ...more) =>
    debug(message.replace(/(RPC finished: .*?), resp: .*/s, '$1'), ...more);
  Object.assign(pulumi.log, { debug: withoutAnswer });
}
