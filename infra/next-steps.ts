import * as pulumi from '@pulumi/pulumi';
import type { StackConfig } from './config';
import { makesCache } from './momento/managed';

/** Says how to connect Momento to the webhook, as soon as the webhook's URL is known. */
export function sayWhatIsNext(
  momento: Pick<StackConfig, 'cacheName' | 'topicName' | 'momentoDeployKey' | 'deleteCache' | 'delivery'>,
  webhookUrl: pulumi.Output<string>,
): void {
  const stack = pulumi.getStack();
  const makeIt = makesCache(momento) ? '' : ' (make it too, if there is none)';
  webhookUrl.apply((url) =>
    pulumi.log.warn(
      [
        "The webhook does not know Momento's signing secret yet, and answers 503 until it does. Next:",
        `  1. In Momento, make a webhook for the cache "${momento.cacheName}"${makeIt}`,
        `     and the topic "${momento.topicName}", with this URL: ${url}`,
        `  2. pulumi config set --secret signingSecret --stack ${stack}`,
        '     and paste, at the prompt, the signing secret that Momento shows for the webhook',
        `  3. pulumi up --stack ${stack}`,
        'The stack still accepts the signing secret it had before, until you set another one.',
      ].join('\n'),
    ),
  );
}
