import type * as pulumi from '@pulumi/pulumi';

/** The access the program uses to call Momento. */
export interface MomentoAccess {
  /** Kept in the stack's state, encrypted, for a later refresh or destroy. */
  readonly apiKey: pulumi.Output<string>;
  /** The endpoint of a v2 key. */
  readonly endpoint?: string;
}
