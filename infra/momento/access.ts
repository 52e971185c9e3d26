import type * as pulumi from '@pulumi/pulumi';

/** With what the program itself calls Momento. */
export interface MomentoAccess {
  /** It stays in the stack's state, encrypted, so that a later refresh or destroy has it. */
  readonly apiKey: pulumi.Output<string>;
  /** Of a v2 key. */
  readonly endpoint?: string;
}
