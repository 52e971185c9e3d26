// Who may call the webhook, as its own policy says: everybody, through its URL alone.
import { GetPolicyCommand } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { type Context, outputOf } from '../context';
import { failed, type Row, undecided, unless } from '../row';

/** IAM's grammar of a statement (IAM User Guide, "Grammar of the IAM JSON policy language"), as far as this policy has it. */
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
      others.map(({ Sid, Action }) => `the statement ${Sid} allows ${Action} otherwise than through the URL`),
      `${statements.length} statements, each for calls through the URL alone`,
    );
  },
} satisfies Row;

function isAllowed({ Effect, Action, Condition }: v.InferOutput<typeof statement>): boolean {
  const wanted = CONDITIONS[Action];
  return Effect === 'Allow' && wanted !== undefined && sameJson(Condition, wanted);
}

/** AWS writes "true" for a Bool; the order of the keys is no matter where there is one. */
function sameJson(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
