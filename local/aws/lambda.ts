// Lambda's Invoke, so that a caller with AWS credentials reaches a function without its URL.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
import type { RestService } from './endpoint';
import { AwsError } from './errors';

const INVOKE = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/**
 * @param find the function of that name, or undefined
 */
export function lambdaInvoke(
  find: (name: string) => { arn: string; invoke(payload: unknown): Promise<unknown> } | undefined,
): RestService {
  return {
    signingName: 'lambda',
    route(method, path) {
      const [, encoded] = (method === 'POST' && INVOKE.exec(path)) || [];
      if (encoded === undefined) return undefined;
      const name = decodeURIComponent(encoded);
      return {
        name: 'Invoke',
        async run(payload, caller) {
          const found = find(name);
          caller.authorize('lambda:InvokeFunction', found?.arn ?? name);
          if (!found) throw new AwsError('ResourceNotFoundException', `Function not found: ${name}`, 404);
          return found.invoke(payload);
        },
      };
    },
  };
}
