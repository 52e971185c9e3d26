// Removes what a run made. Names what it could not remove, with the command that does.
import { DeleteRoleCommand, NoSuchEntityException } from '@aws-sdk/client-iam';
import { reasonOf } from './calling';
import type { Clients } from './clients';
import type { Pulumi } from './pulumi';
import type { State } from './state';

export interface RemoveOptions {
  readonly state: State;
  readonly pulumi: Pick<Pulumi, 'destroy' | 'remove'>;
  readonly aws: Pick<Clients, 'iam'>;
  readonly stack: string;
  /** The folder of the program. */
  readonly folder: string;
  readonly say: (line: string) => void;
}

/** Returns a line for each thing that is left. */
export async function removeAll(options: RemoveOptions): Promise<string[]> {
  return [...(await removeRoles(options)), ...(await removeStack(options))];
}

async function removeStack({ state, pulumi, stack, folder, say }: RemoveOptions): Promise<string[]> {
  if (!state.run.made) return [];
  say(`removing the stack ${stack}`);
  try {
    await pulumi.destroy();
    await pulumi.remove();
    state.removed();
    return [];
  } catch (error) {
    return [
      `the stack ${stack}, and the cache ${state.run.cacheName} in Momento: ${reasonOf(error)}`,
      `  cd ${JSON.stringify(folder)} && pulumi destroy --stack ${stack} && pulumi stack rm ${stack}`,
    ];
  }
}

async function removeRoles({ state, aws, say }: RemoveOptions): Promise<string[]> {
  const left: string[] = [];
  for (const RoleName of state.run.roles) {
    say(`removing the role ${RoleName}`);
    try {
      await aws.iam.send(new DeleteRoleCommand({ RoleName })).catch((error: unknown) => {
        if (!(error instanceof NoSuchEntityException)) throw error;
      });
      state.change({ roles: state.run.roles.filter((name) => name !== RoleName) });
    } catch (error) {
      left.push(`the role ${RoleName}: ${reasonOf(error)}`, `  aws iam delete-role --role-name ${RoleName}`);
    }
  }
  return left;
}
