// What the program creates in Momento, so that nobody has to do it by hand.
import * as pulumi from '@pulumi/pulumi';
import type { StackConfig } from '../config';
import { keepAnswersOutOfDebugging } from '../debugging';
import { MomentoCache } from './cache';
import { MomentoWebhook } from './webhook';

/**
 * Creates the cache (see `makesCache`) and, with delivery `managed-webhook`, the webhook that calls this URL. Returns the
 * webhook's signing secret as a secret output, or undefined if the program does not manage the webhook.
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
 * Whether the program creates the cache: if it also manages the webhook, if it has a key for that (`momentoDeployKey`), or if
 * it is to delete the cache. Otherwise the user creates it, because the functions' API key need not have the right.
 */
export function makesCache(
  config: Pick<StackConfig, 'delivery' | 'momentoDeployKey' | 'deleteCache'>,
): boolean {
  return config.delivery === 'managed-webhook' || config.momentoDeployKey !== undefined || config.deleteCache;
}
