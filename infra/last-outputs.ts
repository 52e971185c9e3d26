// What the stack's last update put out, from its state.
import * as pulumi from '@pulumi/pulumi';

let asked: Promise<Readonly<Record<string, unknown>>> | undefined;

/**
 * The stack's outputs as they were before this update, read once. Empty before the first update. Empty too if they cannot be read:
 * an update goes on without them.
 */
export function lastOutputs(): Promise<Readonly<Record<string, unknown>>> {
  asked ??= read().catch(() => ({}));
  return asked;
}

/** What a StackReference reads, without a resource in the state. */
async function read(): Promise<Readonly<Record<string, unknown>>> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const { outputs } = await pulumi.runtime.invoke('pulumi:pulumi:readStackOutputs', { name });
  return Object(outputs);
}
