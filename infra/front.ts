// Where the functions are called: at a Function URL each, or at the routes of one HTTP API.
import * as pulumi from '@pulumi/pulumi';
import type { StackConfig } from './config';
import { FunctionUrl } from './function-url';
import type { HandlerFunction } from './handler-function';
import { HttpApi } from './http-api';

export interface Front {
  readonly webhookUrl: pulumi.Output<string>;
  readonly publisherUrl: pulumi.Output<string>;
  readonly tokensUrl: pulumi.Output<string>;
  /** Undefined with Function URLs. */
  readonly api: HttpApi | undefined;
}

type Handlers = Readonly<Record<'webhook' | 'publisher' | 'tokens', HandlerFunction>>;

/**
 * Momento cannot sign for IAM, so the webhook's handler checks its signature. The caller of the publisher or the token service
 * vouches for the user, so IAM checks the caller.
 */
export function makeFront(config: StackConfig, handlers: Handlers): Front {
  return config.front === 'http-api' ? httpApi(config, handlers) : functionUrls(handlers);
}

function functionUrls({ webhook, publisher, tokens }: Handlers): Front {
  return {
    webhookUrl: new FunctionUrl('webhook', { handler: webhook, authorization: 'NONE' }).url,
    publisherUrl: new FunctionUrl('publisher', { handler: publisher, authorization: 'AWS_IAM' }).url,
    tokensUrl: new FunctionUrl('tokens', { handler: tokens, authorization: 'AWS_IAM' }).url,
    api: undefined,
  };
}

function httpApi(config: StackConfig, { webhook, publisher, tokens }: Handlers): Front {
  const { throttleRate, throttleBurst, domainName, certificateArn, logRetentionDays } = config;
  const api = new HttpApi('api', {
    routes: {
      webhook: { handler: webhook, path: '/webhook', authorization: 'NONE' },
      publisher: { handler: publisher, path: '/comments', authorization: 'AWS_IAM' },
      tokens: { handler: tokens, path: '/tokens', authorization: 'AWS_IAM' },
    },
    throttle: { rate: throttleRate, burst: throttleBurst },
    logRetentionDays,
    domain: domainName && certificateArn ? { name: domainName, certificateArn } : undefined,
  });
  return {
    webhookUrl: pulumi.interpolate`${api.url}/webhook`,
    publisherUrl: pulumi.interpolate`${api.url}/comments`,
    tokensUrl: pulumi.interpolate`${api.url}/tokens`,
    api,
  };
}
