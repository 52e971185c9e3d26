import * as pulumi from '@pulumi/pulumi';
import type { MomentoAccess } from './access';
import { storedProvider } from './stored-provider';

export interface MomentoCacheArgs extends MomentoAccess {
  /** Another name is another cache. */
  readonly cacheName: string;
  /** Whether the cache, with all that is in it, is deleted with the resource, even one that was adopted. */
  readonly deleteCache: boolean;
}

/** A cache in Momento. One that is there already is adopted as it is. */
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
