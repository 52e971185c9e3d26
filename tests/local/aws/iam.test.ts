import assert from 'node:assert/strict';
import { type Access, decide, parsePolicy, trusts } from '../../../local/aws/iam';

const SECRET = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:api-key-abc123';
const READ: Access = { action: 'secretsmanager:GetSecretValue', resource: SECRET };

function decided(statement: object | object[], access = READ) {
  return decide(parsePolicy({ Version: '2012-10-17', Statement: statement }, 'test'), access);
}

describe('IAM', () => {
  it('allows what a statement allows, and nothing else', () => {
    const allow = { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: SECRET };
    assert.equal(decided(allow), 'allowed');
    assert.equal(decided({ ...allow, Resource: `${SECRET}x` }), 'implicit-deny');
    assert.equal(decided({ ...allow, Action: 'secretsmanager:DescribeSecret' }), 'implicit-deny');
    assert.equal(decided([]), 'implicit-deny');
  });

  it('lets an explicit deny win over any allow', () => {
    const all = { Effect: 'Allow', Action: '*', Resource: '*' };
    assert.equal(decided([all, { ...all, Effect: 'Deny', Action: 'secretsmanager:*' }]), 'explicit-deny');
  });

  it('knows wildcards in actions (in any case) and resources (in exact case)', () => {
    const allow = { Effect: 'Allow', Action: 'SecretsManager:Get*', Resource: 'arn:*:secret:api-key-??????' };
    assert.equal(decided(allow), 'allowed');
    assert.equal(decided({ ...allow, Resource: 'arn:*:secret:API-KEY-??????' }), 'implicit-deny');
    assert.equal(decided({ ...allow, Resource: 'arn:*:secret:api.key-??????' }), 'implicit-deny');
  });

  it('knows NotAction and NotResource', () => {
    const allow = { Effect: 'Allow', NotAction: 'sqs:*', NotResource: `${SECRET}-other` };
    assert.equal(decided(allow), 'allowed');
    assert.equal(decided({ ...allow, NotResource: SECRET }), 'implicit-deny');
    assert.equal(decided({ ...allow, NotAction: 'secretsmanager:*' }), 'implicit-deny');
  });

  it('applies a statement only if its conditions hold', () => {
    const allow = {
      Effect: 'Allow',
      Action: '*',
      Resource: '*',
      Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': ['NONE'] } },
    };
    const context = (value: string) => ({ ...READ, context: { 'Lambda:FunctionUrlAuthType': value } });
    assert.equal(decided(allow, context('NONE')), 'allowed');
    assert.equal(decided(allow, context('AWS_IAM')), 'implicit-deny');
    assert.equal(decided(allow), 'implicit-deny');
  });

  it('refuses an unknown condition operator instead of ignoring it', () => {
    const deny = {
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { IpAddress: { 'aws:SourceIp': '::1' } },
    };
    assert.throws(() => decided(deny), /condition operator IpAddress/);
  });

  it('takes a policy as JSON text too, and refuses anything else', () => {
    const text = JSON.stringify({ Statement: { Effect: 'Allow', Action: '*', Resource: '*' } });
    assert.equal(decide(parsePolicy(text, 'test'), READ), 'allowed');
    assert.throws(() => parsePolicy('{', 'role x'), /^Error: role x: not a policy: it is not JSON/);
    assert.throws(() => parsePolicy({ Statement: { Effect: 'Maybe' } }, 'role x'), /role x: not a policy/);
  });

  it('lets a service assume a role only for its own account if the trust policy says so', () => {
    const trust = (account: string) => ({
      Statement: {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'ecs-tasks.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': account } },
      },
    });
    assert.equal(trusts(parsePolicy(trust('123456789012'), 'test'), 'ecs-tasks.amazonaws.com'), true);
    assert.equal(trusts(parsePolicy(trust('210987654321'), 'test'), 'ecs-tasks.amazonaws.com'), false);
  });

  it('lets only the service that a trust policy names assume the role', () => {
    const trust = parsePolicy(
      {
        Statement: {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'lambda.amazonaws.com' },
        },
      },
      'test',
    );
    assert.equal(trusts(trust, 'lambda.amazonaws.com'), true);
    assert.equal(trusts(trust, 'ecs-tasks.amazonaws.com'), false);
  });
});
