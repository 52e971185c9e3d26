// The webhook's resource policy: everybody may call it, but only through its URL.
import { GetPolicyCommand } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { type Context, outputOf } from '../context';
import { failed, type Row, undecided, unless } from '../row';

/** IAM's grammar of a statement (IAM User Guide, "Grammar of the IAM JSON policy language"), for what this policy uses. */
const statement = v.strictObject({
  Sid: v.optional(v.string()),
  Effect: v.string(),
  Principal: v.union([v.string(), v.record(v.string(), v.unknown())]),
  Action: v.string(),
  Resource: v.string(),
  Condition: v.optional(v.record(v.string(), v.record(v.string(), v.string()))),
});
const policy = v.object({ Statement: v.array(statement) });

/** https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html, "Using the NONE auth type" */
const CONDITIONS: Readonly<Record<string, object>> = {
  'lambda:InvokeFunctionUrl': { StringEquals: { 'lambda:FunctionUrlAuthType': 'NONE' } },
  'lambda:InvokeFunction': { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } },
};

export const publicPolicy = {
  name: "public webhook's policy",
  needs: ['first up'],
  async decide({ aws, stack }: Pick<Context, 'aws' | 'stack'>) {
    const FunctionName = await outputOf(stack, 'webhookFunctionName');
    const { Policy = '' } = await aws.lambda.send(new GetPolicyCommand({ FunctionName }));
    const parsed = v.safeParse(policy, JSON.parse(Policy));
    if (!parsed.success) {
      const [issue] = parsed.issues;
      return undecided(`GetPolicy gave no policy in IAM's grammar: ${v.getDotPath(issue)}: ${issue.message}`);
    }
    const { Statement: statements } = parsed.output;
    const missing = Object.keys(CONDITIONS).filter(
      (action) => !statements.some((each) => each.Action === action && isAllowed(each)),
    );
    if (missing.length > 0) return failed(`no statement with its condition allows ${missing.join(', ')}`);
    const others = statements.filter((each) => !isAllowed(each));
    return unless(
      others.map(({ Sid, Action }) => `the statement ${Sid} allows ${Action} without the URL`),
      `${statements.length} statements, each only for calls through the URL`,
    );
  },
} satisfies Row;

function isAllowed({ Effect, Action, Condition }: v.InferOutput<typeof statement>): boolean {
  const wanted = CONDITIONS[Action];
  return Effect === 'Allow' && wanted !== undefined && sameJson(Condition, wanted);
}

/** AWS writes "true" for a Bool. With one key, the order of keys does not matter. */
function sameJson(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
