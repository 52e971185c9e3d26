import * as pulumi from '@pulumi/pulumi';
import type { StackConfig } from './config';
import type { Front } from './front';
import { lastOutputs } from './last-outputs';
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

/**
 * Says what else must change when the addresses have: they do if `front` or the domain changes. What they were, only the stack's
 * outputs of the last update tell. Returns when it is said.
 */
export function sayWhatMoved(
  { delivery, front }: Pick<StackConfig, 'delivery' | 'front'>,
  { webhookUrl, publisherUrl, tokensUrl }: Front,
): pulumi.Output<void> {
  const before = lastOutputs();
  return pulumi
    .all([webhookUrl, publisherUrl, tokensUrl, before])
    .apply(async ([webhook, publisher, tokens, was]) => {
      if (typeof was.webhookUrl !== 'string' || was.webhookUrl === webhook) return;
      const inMomento = `In Momento, give the webhook the new URL. Until then events are lost: ${webhook}`;
      const service = front === 'http-api' ? 'execute-api' : 'lambda';
      const lines = [
        `The addresses changed: the webhook's was ${was.webhookUrl}`,
        ...(delivery === 'webhook' ? [inMomento] : []),
        `Backends publish at ${publisher}`,
        `and get tokens at ${tokens}`,
        `They sign for the service ${service}, and need permissions for it: docs/publishing.md`,
      ];
      await pulumi.log.warn(lines.join('\n  '));
    });
}
