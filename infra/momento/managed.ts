// What the program makes in Momento itself, so that nobody has to do it by hand.
import * as pulumi from '@pulumi/pulumi';
import type { StackConfig } from '../config';
import { keepAnswersOutOfDebugging } from '../debugging';
import { MomentoCache } from './cache';
import { MomentoWebhook } from './webhook';

/**
 * Makes the cache (see `makesCache`) and, with delivery `managed-webhook`, the webhook that calls this URL. Gives the
 * webhook's signing secret, a secret output, or undefined where the webhook is not the program's.
 */
export function manageMomento(
  config: StackConfig,
  url: pulumi.Output<string>,
): pulumi.Output<string> | undefined {
  const { cacheName, topicName, deleteCache, rotation } = config;
  const access = {
    apiKey: config.momentoDeployKey ?? config.momentoApiKey,
    endpoint: config.momentoEndpoint,
  };
  const cache = makesCache(config)
    ? new MomentoCache('cache', { ...access, cacheName, deleteCache })
    : undefined;
  if (config.delivery !== 'managed-webhook') return undefined;
  keepAnswersOutOfDebugging();
  const args = { ...access, cacheName, topicName, url, rotation };
  return pulumi.secret(new MomentoWebhook('webhook', args, { dependsOn: cache }).signingSecret);
}

/**
 * Whether the cache is the program's to make: where it manages the webhook too, where it has a key for that
 * (`momentoDeployKey`), or where it is to delete the cache. Else the user makes it: the API key of the functions need not
 * have the right.
 */
export function makesCache(
  config: Pick<StackConfig, 'delivery' | 'momentoDeployKey' | 'deleteCache'>,
): boolean {
  return config.delivery === 'managed-webhook' || config.momentoDeployKey !== undefined || config.deleteCache;
}
