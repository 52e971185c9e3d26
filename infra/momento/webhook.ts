import * as pulumi from '@pulumi/pulumi';
import type { MomentoAccess } from './access';
import { storedProvider } from './stored-provider';

export interface MomentoWebhookArgs extends MomentoAccess {
  /** The cache must exist. */
  readonly cacheName: string;
  readonly topicName: string;
  /** Where Momento sends the topic's messages. A different URL changes the webhook in place. */
  readonly url: pulumi.Output<string>;
  /** A different number rotates the signing secret. */
  readonly rotation: number;
}

/**
 * A webhook in Momento. Its name contains project and stack. A different cache or topic means a different webhook, with
 * another signing secret.
 */
export class MomentoWebhook extends pulumi.dynamic.Resource {
  /** What Momento signs its requests with; a secret. */
  declare readonly signingSecret: pulumi.Output<string>;

  constructor(name: string, { apiKey, ...args }: MomentoWebhookArgs, opts?: pulumi.CustomResourceOptions) {
    const properties = {
      ...args,
      apiKey: pulumi.secret(apiKey),
      webhookName: `${pulumi.getProject()}-${pulumi.getStack()}`,
      signingSecret: undefined, // an output
    };
    const secrets = { ...opts, additionalSecretOutputs: ['apiKey', 'signingSecret'] };
    super(storedProvider('webhook'), name, properties, secrets, 'momento', 'Webhook');
  }
}
