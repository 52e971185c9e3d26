import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { HandlerFunction } from './handler-function';

export interface FunctionUrlArgs {
  readonly handler: HandlerFunction;
  /** Who may call: `NONE` allows anybody, `AWS_IAM` those whom IAM allows. */
  readonly authorization: 'NONE' | 'AWS_IAM';
}

/** The HTTPS address of a handler. */
export class FunctionUrl extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: FunctionUrlArgs, opts?: pulumi.ComponentResourceOptions) {
    super('momento-webhooks:index:FunctionUrl', name, {}, opts);
    const { functionName } = args.handler;
    const functionUrl = new aws.lambda.FunctionUrl(
      name,
      { functionName, authorizationType: args.authorization },
      { parent: this },
    );
    if (args.authorization === 'NONE') this.#letTheWorldCall(name, functionUrl);
    this.url = functionUrl.functionUrl;
    this.registerOutputs({ url: this.url });
  }

  /**
   * The two statements that a public URL has needed since October 2025. Each allows only calls through the URL
   * (https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html). The provider adds such a pair too, with its own statement
   * ids. The program declares them so that they are visible and kept. Lambda refuses concurrent changes of a function
   * (ResourceConflictException), so the second waits for the first.
   */
  #letTheWorldCall(name: string, functionUrl: aws.lambda.FunctionUrl) {
    const everybody = { function: functionUrl.functionName, principal: '*' };
    const first = new aws.lambda.Permission(
      `${name}-url`,
      { ...everybody, action: 'lambda:InvokeFunctionUrl', functionUrlAuthType: 'NONE' },
      { parent: this, dependsOn: functionUrl },
    );
    new aws.lambda.Permission(
      `${name}-invoke`,
      { ...everybody, action: 'lambda:InvokeFunction', invokedViaFunctionUrl: true },
      { parent: this, dependsOn: first },
    );
  }
}
