import * as pulumi from '@pulumi/pulumi';
import type { MomentoAccess } from './access';
import { storedProvider } from './stored-provider';

export interface MomentoCacheArgs extends MomentoAccess {
  /** A different name means a different cache. */
  readonly cacheName: string;
  /** Whether the cache is deleted with the resource, with all its contents, even if it was adopted. */
  readonly deleteCache: boolean;
}

/** A cache in Momento. An existing one is adopted as it is. */
export class MomentoCache extends pulumi.dynamic.Resource {
  constructor(name: string, { apiKey, ...args }: MomentoCacheArgs, opts?: pulumi.CustomResourceOptions) {
    const secret = { ...opts, additionalSecretOutputs: ['apiKey'] };
    super(
      storedProvider('cache'),
      name,
      { ...args, apiKey: pulumi.secret(apiKey) },
      secret,
      'momento',
      'Cache',
    );
  }
}
