// Rules that hold for each resource of each stack, including resources added later.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { DeclaredResource } from '../../local/program';
import { declared, resource, resourcesOf, statements, text } from './declared';

async function aws(): Promise<DeclaredResource[]> {
  const stacks = await Promise.all([
    declared('first'),
    declared('full'),
    declared('relayed'),
    declared('domain'),
  ]);
  const all = stacks.flatMap(({ resources }) => resources);
  return all.filter(({ type }) => type.startsWith('aws:'));
}

/** Whether the provider's SDK knows an input `tags` of this type, such as `aws:iam/role:Role`. */
function isTaggable(type: string): boolean {
  const [, module] = type.split(':');
  return readFileSync(require.resolve(`@pulumi/aws/${module}.js`), 'utf8').includes('resourceInputs["tags"]');
}

/** Each statement of each policy document in the inputs, wherever it stands. */
function* allStatements(inputs: Record<string, unknown>): Generator<Record<string, unknown>> {
  for (const value of Object.values(inputs)) {
    if (JSON.stringify(value)?.includes('Statement')) yield* statements(value);
  }
}

describe('every resource', () => {
  it('carries the project and the stack if it can be tagged', async () => {
    const tagged = (await aws()).filter(({ type }) => isTaggable(type));
    for (const { type, name, inputs } of tagged) {
      const tags = inputs.tags;
      assert(tags && typeof tags === 'object', `${type} ${name} has tags`);
      assert.equal(Reflect.get(tags, 'project'), 'momento-webhooks');
    }
    const { inputs } = resource(await declared('full'), 'aws:lambda/function:Function', 'webhook');
    assert.deepEqual(inputs.tags, { project: 'momento-webhooks', stack: 'prod' });
    const types = new Set(tagged.map(({ type }) => type));
    assert(
      types.has('aws:iam/role:Role') && types.has('aws:sqs/queue:Queue'),
      'the rule finds what it is about',
    );
    assert(!types.has('aws:iam/rolePolicy:RolePolicy'));
  });

  it('is named by Pulumi, so that stacks and their namesakes live side by side', async () => {
    const own = (await aws()).filter(({ type }) => type !== 'aws:apigatewayv2/stage:Stage'); // its API's
    for (const { type, name, inputs } of own) {
      for (const key of ['name', 'namePrefix', 'statementId', 'logGroupName']) {
        assert.equal(inputs[key], undefined, `${type} ${name} has a ${key} of its own`);
      }
    }
  });

  it('has a policy without wildcards in action, resource or principal', async () => {
    let seen = 0;
    for (const { type, name, inputs } of await aws()) {
      for (const statement of allStatements(inputs)) {
        seen += 1;
        const of = `${type} ${name}`;
        assert.equal(statement.Effect, 'Allow', of);
        assert.equal(statement.NotAction ?? statement.NotResource ?? statement.NotPrincipal, undefined, of);
        for (const action of [statement.Action].flat())
          assert.match(String(action), /^[a-z]+:[A-Za-z]+$/, of);
        // Logging in to ECR is the one action here for which IAM knows no resource.
        if (statement.Action === 'ecr:GetAuthorizationToken') continue;
        for (const given of [statement.Resource ?? []].flat()) {
          // A log group's own streams are the one place where a wildcard is meant.
          assert.match(
            String(given),
            /^arn:aws:(?!logs:)[^*]+$|^arn:aws:logs:[^*]+:log-group:[^*:]+:\*$/,
            of,
          );
        }
        assert(!JSON.stringify(statement.Principal ?? '').includes('*'), of);
      }
    }
    assert(seen >= 12, 'the rule finds what it is about');
  });

  it('is not public, except for the webhook’s URL or route', async () => {
    const api = await declared('domain');
    for (const { name, inputs } of resourcesOf(api, 'aws:apigatewayv2/route:Route')) {
      assert.equal(inputs.authorizationType === 'NONE', name === 'webhook');
    }
    for (const { name, inputs } of resourcesOf(api, 'aws:lambda/permission:Permission')) {
      assert.equal(inputs.principal, 'apigateway.amazonaws.com', name);
      assert.match(text(inputs, 'sourceArn'), /^arn:aws:execute-api:[^*]+\/\$default\/POST\/[a-z]+$/);
    }
    const { outputs, resources } = await declared('first');
    for (const { type, name, inputs } of resources) {
      if (type === 'aws:lambda/functionUrl:FunctionUrl') {
        assert.equal(inputs.authorizationType === 'NONE', name === 'webhook');
      }
      if (type === 'aws:lambda/permission:Permission') {
        assert.equal(inputs.function, outputs.webhookFunctionName);
        assert(inputs.functionUrlAuthType === 'NONE' || inputs.invokedViaFunctionUrl === true);
      }
    }
  });

  it('logs into a group that expires', async () => {
    for (const stack of [await declared('first'), await declared('full'), await declared('domain')]) {
      const groups = resourcesOf(stack, 'aws:cloudwatch/logGroup:LogGroup');
      for (const { inputs } of groups) assert(Number(inputs.retentionInDays) > 0);
      const names = new Set(groups.map(({ state }) => state.name));
      for (const { inputs } of resourcesOf(stack, 'aws:lambda/function:Function')) {
        const { loggingConfig } = inputs;
        assert(loggingConfig && typeof loggingConfig === 'object');
        assert(names.has(Reflect.get(loggingConfig, 'logGroup')));
      }
    }
  });

  it('has no input with an undefined output in it', async () => {
    for (const { type, name, inputs } of await aws()) {
      const { code, ...rest } = inputs;
      assert(!/undefined|null|\[object|Calling \[toString\]/.test(JSON.stringify(rest)), `${type} ${name}`);
    }
  });
});
