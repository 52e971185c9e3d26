// Lambda's Invoke: a caller with AWS credentials reaches a function without its URL.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html

import { ACCOUNT_ID, REGION } from '../account';
import type { HttpAnswer, RestService } from '../endpoint';
import { AwsError } from '../errors';
import type { Outcome } from './protocol';

export interface InvokedFunction {
  readonly declared: { readonly arn: string };
  /** Throws AwsError if Lambda would not run it. */
  invoke(event: unknown): Promise<Outcome>;
}

const INVOKE = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;
/** A name, an ARN or a part of one: region, account, name, version or alias. */
const FUNCTION_NAME =
  /^(?:arn:aws:lambda:([a-z]+(?:-[a-z]+)+-\d):)?(?:(\d{12}):)?(?:function:)?([\w-]+)(?::(\$LATEST|[\w-]+))?$/;
const LATEST = '$LATEST';

/**
 * A failed function's error is an answer too, with status 200, which an SDK does not retry. An event is run once; nobody
 * gets its result.
 * @param find the function of that name, or undefined
 */
export function lambdaInvoke(find: (name: string) => InvokedFunction | undefined): RestService {
  return {
    signingName: 'lambda',
    route({ method, path, query, headers }) {
      const [, encoded] = (method === 'POST' && INVOKE.exec(path)) || [];
      if (encoded === undefined) return undefined;
      return {
        name: 'Invoke',
        async run(payload, caller) {
          const { name, arn, qualifier } = parseName(decodeURIComponent(encoded), query);
          const resource = qualifier === undefined ? arn : `${arn}:${qualifier}`;
          caller.authorize('lambda:InvokeFunction', resource);
          const found = find(name);
          if (found?.declared.arn !== arn || (qualifier ?? LATEST) !== LATEST) {
            throw new AwsError('ResourceNotFoundException', `Function not found: ${resource}`, 404);
          }
          const type = headers['x-amz-invocation-type'] ?? 'RequestResponse';
          switch (type) {
            case 'RequestResponse':
              return answerOf(await found.invoke(payload));
            case 'Event':
              void found.invoke(payload).catch(() => undefined);
              return { status: 202, headers: {} };
            case 'DryRun':
              return { status: 204, headers: {} };
            default:
              throw new AwsError('InvalidParameterValueException', `There is no invocation type ${type}.`);
          }
        },
      };
    },
  };
}

function parseName(given: string, query: string): { name: string; arn: string; qualifier?: string } {
  const [, region = REGION, account = ACCOUNT_ID, name, version] = FUNCTION_NAME.exec(given) ?? [];
  if (name === undefined) {
    throw new AwsError('ValidationException', `'${given}' is no name and no ARN of a function.`);
  }
  const qualifier = version ?? new URLSearchParams(query).get('Qualifier') ?? undefined;
  const arn = `arn:aws:lambda:${region}:${account}:function:${name}`;
  return { name, arn, ...(qualifier !== undefined && { qualifier }) };
}

function answerOf(outcome: Outcome): HttpAnswer {
  const headers = { 'content-type': 'application/json', 'x-amz-executed-version': LATEST };
  if (outcome.ok) return { status: 200, headers, body: outcome.payload };
  return {
    status: 200,
    headers: { ...headers, 'x-amz-function-error': 'Unhandled' },
    body: JSON.stringify(outcome.error),
  };
}
