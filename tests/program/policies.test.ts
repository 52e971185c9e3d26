import assert from 'node:assert/strict';
import { declared, resource, resourcesOf, statements } from './declared';

const ROLE = 'aws:iam/role:Role';
const ROLE_POLICY = 'aws:iam/rolePolicy:RolePolicy';

async function policy(name: string): Promise<Record<string, unknown>[]> {
  const stack = await declared('first');
  const { inputs } = resource(stack, ROLE_POLICY, name);
  assert.equal(
    inputs.role,
    resource(stack, ROLE, name).state.name,
    'it is the policy of the role of this name',
  );
  return statements(inputs.policy);
}

async function writeLogs(name: string) {
  const logGroup = resource(await declared('first'), 'aws:cloudwatch/logGroup:LogGroup', name);
  return {
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: `${logGroup.state.arn}:*`,
  };
}

async function readSecrets(...names: string[]) {
  const stack = await declared('first');
  const arns = names.map((name) => resource(stack, 'aws:secretsmanager/secret:Secret', name).state.arn);
  return { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: arns };
}

async function redriveQueue(Action: string | string[]) {
  const queue = resource(await declared('first'), 'aws:sqs/queue:Queue', 'redrive');
  return { Effect: 'Allow', Action, Resource: queue.state.arn };
}

describe('the roles', () => {
  it('are assumed by Lambda alone', async () => {
    for (const { inputs } of resourcesOf(await declared('first'), ROLE)) {
      const [statement, ...others] = statements(inputs.assumeRolePolicy);
      const { Sid, ...rest } = statement ?? {};
      assert.deepEqual(rest, {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'lambda.amazonaws.com' },
      });
      assert.deepEqual(others, []);
    }
  });

  it('have one policy each, no managed one and none in another place', async () => {
    const stack = await declared('first');
    for (const { inputs } of resourcesOf(stack, ROLE)) {
      assert.deepEqual(Object.keys(inputs).sort(), ['assumeRolePolicy', 'description', 'tags']);
    }
    const iam = new Set(
      stack.resources.map(({ type }) => type).filter((type) => type.startsWith('aws:iam/')),
    );
    assert.deepEqual([...iam], [ROLE, ROLE_POLICY]);
  });

  it('let the webhook log, read both secrets and put events into the redrive queue', async () => {
    assert.deepEqual(await policy('webhook'), [
      await writeLogs('webhook'),
      await readSecrets('api-key', 'signing-secret'),
      await redriveQueue('sqs:SendMessage'),
    ]);
  });

  it('let the publisher and the token service log and read the API key', async () => {
    for (const name of ['publisher', 'tokens']) {
      assert.deepEqual(await policy(name), [await writeLogs(name), await readSecrets('api-key')]);
    }
  });

  it('let the redrive handler log, read the API key and take events from the queue', async () => {
    assert.deepEqual(await policy('redrive'), [
      await writeLogs('redrive'),
      await readSecrets('api-key'),
      await redriveQueue([
        'sqs:ReceiveMessage',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:ChangeMessageVisibility',
      ]),
    ]);
  });
});
