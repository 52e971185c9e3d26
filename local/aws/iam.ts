// Decides as IAM does whether statements allow an action: an explicit Deny wins, then an Allow, else it is denied.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
import * as v from 'valibot';
import { ACCOUNT_ID } from './account';

export interface Statement {
  effect: 'Allow' | 'Deny';
  actions: string[];
  notActions: string[];
  resources: string[];
  notResources: string[];
  /** operator -> condition key -> values, of which one must match */
  conditions: Record<string, Record<string, string[]>>;
  /** `*`, or kind -> names: only in trust and resource policies */
  principals: Record<string, string[]>;
}

export interface Access {
  action: string;
  resource: string;
  /** condition keys and their values, e.g. `lambda:FunctionUrlAuthType` */
  context?: Record<string, string>;
}

export type Decision = 'allowed' | 'explicit-deny' | 'implicit-deny';

const list = v.optional(
  v.union([
    v.pipe(
      v.string(),
      v.transform((one) => [one]),
    ),
    v.array(v.string()),
  ]),
  [],
);
const conditionValue = v.pipe(
  v.union([v.string(), v.number(), v.boolean(), v.array(v.union([v.string(), v.number(), v.boolean()]))]),
  v.transform((value) => [value].flat().map(String)),
);
const statement = v.strictObject({
  Sid: v.optional(v.string()),
  Effect: v.picklist(['Allow', 'Deny']),
  Action: list,
  NotAction: list,
  Resource: list,
  NotResource: list,
  Principal: v.optional(v.union([v.literal('*'), v.record(v.string(), list)]), {}),
  Condition: v.optional(v.record(v.string(), v.record(v.string(), conditionValue)), {}),
});
const policy = v.object({
  Version: v.optional(v.string()),
  Statement: v.union([
    v.array(statement),
    v.pipe(
      statement,
      v.transform((one) => [one]),
    ),
  ]),
});

/** The statements of a policy document, given as JSON text or as an object. If it is no policy, throws an error with `owner`. */
export function parsePolicy(document: unknown, owner: string): Statement[] {
  const parsed = v.safeParse(policy, typeof document === 'string' ? parseJson(document, owner) : document);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new Error(`${owner}: not a policy: ${v.getDotPath(issue) ?? 'document'}: ${issue.message}`);
  }
  return parsed.output.Statement.map((one) => {
    for (const operator of Object.keys(one.Condition)) matcherOf(operator, owner);
    return {
      effect: one.Effect,
      actions: one.Action,
      notActions: one.NotAction,
      resources: one.Resource,
      notResources: one.NotResource,
      conditions: one.Condition,
      principals: one.Principal === '*' ? { '*': ['*'] } : one.Principal,
    };
  });
}

export function decide(statements: readonly Statement[], access: Access): Decision {
  const applying = statements.filter((one) => applies(one, access));
  if (applying.some(({ effect }) => effect === 'Deny')) return 'explicit-deny';
  return applying.length > 0 ? 'allowed' : 'implicit-deny';
}

/** Whether a role's trust policy allows the service, e.g. `lambda.amazonaws.com`, to assume it for a resource of this account. */
export function trusts(trustPolicy: readonly Statement[], service: string): boolean {
  const naming = trustPolicy.filter(({ principals }) => principals.Service?.includes(service));
  return (
    decide(
      naming.map((one) => ({ ...one, resources: ['*'] })),
      {
        action: 'sts:AssumeRole',
        resource: '*',
        context: { 'aws:SourceAccount': ACCOUNT_ID },
      },
    ) === 'allowed'
  );
}

function applies(statement: Statement, { action, resource, context = {} }: Access): boolean {
  const { actions, notActions, resources, notResources, conditions } = statement;
  const sameAction = (pattern: string) => matches(pattern.toLowerCase(), action.toLowerCase());
  const sameResource = (pattern: string) => matches(pattern, resource);
  const actionApplies = notActions.length > 0 ? !notActions.some(sameAction) : actions.some(sameAction);
  const resourceApplies =
    notResources.length > 0 ? !notResources.some(sameResource) : resources.some(sameResource);
  return actionApplies && resourceApplies && conditionsHold(conditions, context);
}

function conditionsHold(conditions: Statement['conditions'], context: Record<string, string>): boolean {
  const known = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
  return Object.entries(conditions).every(([operator, keys]) => {
    const { holds, negated } = matcherOf(operator, 'policy');
    return Object.entries(keys).every(([key, wanted]) => {
      const actual = known.get(key.toLowerCase());
      if (actual === undefined) return negated || operator.endsWith('IfExists');
      const one = wanted.some((value) => holds(value, actual));
      return negated ? !one : one;
    });
  });
}

type Holds = (wanted: string, actual: string) => boolean;
const same: Holds = (wanted, actual) => wanted === actual;
const sameText: Holds = (wanted, actual) => wanted.toLowerCase() === actual.toLowerCase();

/** The condition operators that this project's policies could need. Any other is an error, never ignored. */
const OPERATORS: Record<string, { holds: Holds; negated: boolean }> = {
  StringEquals: { holds: same, negated: false },
  StringNotEquals: { holds: same, negated: true },
  StringEqualsIgnoreCase: { holds: sameText, negated: false },
  StringLike: { holds: matches, negated: false },
  StringNotLike: { holds: matches, negated: true },
  ArnEquals: { holds: matches, negated: false },
  ArnLike: { holds: matches, negated: false },
  ArnNotEquals: { holds: matches, negated: true },
  ArnNotLike: { holds: matches, negated: true },
  Bool: { holds: sameText, negated: false },
};

function matcherOf(operator: string, owner: string): { holds: Holds; negated: boolean } {
  const found = OPERATORS[operator.replace(/IfExists$/, '')];
  if (!found) throw new Error(`${owner}: the local IAM does not know the condition operator ${operator}`);
  return found;
}

/** IAM's wildcards: `*` for any characters, `?` for one. */
function matches(pattern: string, text: string): boolean {
  const escaped = pattern.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(text);
}

function parseJson(text: string, owner: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${owner}: not a policy: it is not JSON`);
  }
}
