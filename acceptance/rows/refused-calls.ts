// Calls that must be refused: unsigned ones, and those of a role in the account without permissions.
import { InvokeCommand, type LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { SIGNATURE_HEADER } from '../../handlers/core/signature';
import type { AccessKey } from '../../local/aws/sigv4';
import { post, signedPost, USER } from '../calling';
import { type Context, idsOf, outputOf } from '../context';
import { Undecidable } from '../errors';
import { type Row, unless } from '../row';

/** A new role usually becomes visible everywhere in IAM within seconds. */
const ROLE_WITHIN_MS = 120_000;
const COMMENT = { userId: USER, courseId: 'acceptance', comment: 'of nobody' };

export const unsignedCalls = {
  name: 'unsigned calls',
  needs: ['first up'],
  async decide({ aws, stack }: Pick<Context, 'aws' | 'stack'>) {
    const complaints: string[] = [];
    const webhook = await outputOf(stack, 'webhookUrl');
    const attempts: Record<string, string>[] = [{}, { [SIGNATURE_HEADER]: '0' }];
    for (const headers of attempts) {
      const { status, body } = await post(webhook, '{}', headers);
      // AWS refuses with another text; then the URL is not public.
      if (status !== 403 || body !== '{"message":"Access Denied!"}') {
        complaints.push(`the webhook answered ${status} ${body.slice(0, 100)}`);
      }
    }
    for (const output of ['publisherUrl', 'tokensUrl']) {
      const { status, headers } = await post(await outputOf(stack, output), JSON.stringify(COMMENT));
      // The functions set this header on every answer.
      if (status !== 403 || headers.has('x-request-id')) complaints.push(`${output} answered ${status}`);
    }
    complaints.push(...(await notRefused(aws.lambdaAs(undefined), await idsOf(stack, 'function'))));
    return unless(
      complaints,
      "the webhook's handler answers 403; AWS refuses the publisher, the tokens and each direct call",
    );
  },
} satisfies Row;

export const directCalls = {
  name: "a stranger's direct calls",
  needs: ['first up'],
  async decide(context: Pick<Context, 'aws' | 'stack' | 'region' | 'makeRole' | 'waitFor'>) {
    const { aws, stack } = context;
    const credentials = await stranger(context);
    const lambda = aws.lambdaAs(credentials);
    if (!(await isRefused(() => lambda.send(new ListFunctionsCommand({}))))) {
      throw new Undecidable('a role without permissions may list functions: this AWS checks no permissions');
    }
    const complaints = await notRefused(lambda, await idsOf(stack, 'function'));
    for (const output of ['publisherUrl', 'tokensUrl']) {
      const { status } = await signedPost(context, await outputOf(stack, output), COMMENT, credentials);
      if (status !== 403) complaints.push(`${output} answered ${status}`);
    }
    return unless(complaints, 'a role without permissions can invoke no function and call neither URL');
  },
} satisfies Row;

/** The functions that could be invoked. */
async function notRefused(lambda: LambdaClient, functions: ReadonlyMap<string, string>): Promise<string[]> {
  const complaints: string[] = [];
  for (const [name, FunctionName] of functions) {
    const invoked = () => lambda.send(new InvokeCommand({ FunctionName, Payload: '{}' }));
    if (!(await isRefused(invoked))) complaints.push(`${name} was invoked directly`);
  }
  return complaints;
}

/** Whether a call is refused for missing permissions. Throws any other error. */
async function isRefused(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return false;
  } catch (error) {
    const status = error instanceof Error && '$metadata' in error ? statusOf(error.$metadata) : undefined;
    if (status === 403) return true;
    throw error;
  }
}

function statusOf(metadata: unknown): unknown {
  return typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
    ? metadata.httpStatusCode
    : undefined;
}

/** The credentials of a new role without permissions that the caller assumes. */
async function stranger({
  aws,
  makeRole,
  waitFor,
}: Pick<Context, 'aws' | 'makeRole' | 'waitFor'>): Promise<AccessKey> {
  const { Account = '', Arn = '' } = await aws.sts.send(new GetCallerIdentityCommand({}));
  const [, partition = 'aws'] = Arn.split(':');
  const RoleArn = await makeRole(
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { AWS: `arn:${partition}:iam::${Account}:root` },
        },
      ],
    }),
  );
  let last = '';
  const assumed = await waitFor({ what: 'the new role', withinMs: ROLE_WITHIN_MS }, async () => {
    const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: USER, DurationSeconds: 900 });
    return aws.sts.send(command).catch((error: unknown) => {
      last = String(error);
      return undefined;
    });
  });
  const { AccessKeyId, SecretAccessKey, SessionToken } = assumed?.Credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey) {
    throw new Undecidable(`the caller may not assume the role made for this: ${last}`);
  }
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}
