// The rows that call the stack, against the stack on this machine.
import assert from 'node:assert/strict';
import { Undecidable } from '../../acceptance/errors';
import { directCalls, unsignedCalls } from '../../acceptance/rows/refused-calls';
import { traffic } from '../../acceptance/rows/traffic';
import { OnLocalStack } from './on-local-stack';
import { type Answers, Refused } from './recorded-aws';

describe('the acceptance of calls, on the local stack', () => {
  let rig: OnLocalStack;

  before(async function () {
    this.timeout(240_000);
    rig = await OnLocalStack.start();
  });
  after(() => rig.close());
  afterEach(() => rig.reset());

  describe('unsigned ones', () => {
    it('are refused: by the webhook’s handler, and by AWS before the other functions', async () => {
      assert.equal((await unsignedCalls.decide(await rig.context())).result, 'held');
    });

    it('fail where a URL answers everybody', async () => {
      for (const output of ['webhookUrl', 'publisherUrl', 'tokensUrl']) {
        const { result, why } = await unsignedCalls.decide(
          await rig.context({}, { [output]: await rig.openUrl() }),
        );
        assert.equal(result, 'FAILED', output);
        assert.match(why, /answered 200/);
      }
    });

    it('fail where AWS answers for the webhook, whose URL is not public then', async () => {
      const outputs = { webhookUrl: rig.local.outputs.publisherUrl };
      const { result, why } = await unsignedCalls.decide(await rig.context({}, outputs));
      assert.equal(result, 'FAILED');
      assert.match(why, /the webhook answered 403/);
    });
  });

  describe('a stranger’s', () => {
    const AssumeRole =
      () => `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
      <Credentials><AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId><SecretAccessKey>of a stranger</SecretAccessKey>
      <SessionToken>token</SessionToken><Expiration>2030-01-01T00:00:00Z</Expiration></Credentials>
      </AssumeRoleResult></AssumeRoleResponse>`;
    const GetCallerIdentity =
      () => `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
      <GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/somebody</Arn><Account>123456789012</Account>
      </GetCallerIdentityResult></GetCallerIdentityResponse>`;
    const refuse = () => {
      throw new Refused('AccessDeniedException', 403);
    };
    /** The stranger's calls of Lambda's API, as AWS documents their answers; those of the URLs are the local stack's. */
    async function verdictWhere(answers: Answers, outputs: Record<string, unknown> = {}) {
      const all = { AssumeRole, GetCallerIdentity, ListFunctions: refuse, Invoke: refuse, ...answers };
      const context = await rig.context(all, outputs);
      return directCalls.decide({ ...context, aws: context.recorded });
    }

    it('are refused', async () => {
      assert.equal((await verdictWhere({})).result, 'held');
      const invoked = rig.calls.filter(({ operation }) => operation === 'Invoke');
      assert.equal(invoked.length, 3);
      for (const { input } of invoked) assert.match(String(input.authorization), /ASIAIOSFODNN7EXAMPLE/);
    });

    it('fail where one function lets itself be invoked, by its name', async () => {
      const name = rig.local.outputs.webhookFunctionName;
      const Invoke = ({ FunctionName }: Record<string, unknown>) => (FunctionName === name ? {} : refuse());
      const { result, why } = await verdictWhere({ Invoke });
      assert.deepEqual([result, why], ['FAILED', 'webhook was invoked directly']);
    });

    it('fail where a URL lets the role in', async () => {
      const { result, why } = await verdictWhere({}, { tokensUrl: await rig.openUrl() });
      assert.deepEqual([result, why], ['FAILED', 'tokensUrl answered 200']);
    });

    it('are not decided where nobody checks rights, or the role cannot be assumed', async () => {
      await assert.rejects(verdictWhere({ ListFunctions: () => ({ Functions: [] }) }), Undecidable);
      await assert.rejects(verdictWhere({ AssumeRole: refuse }), Undecidable);
    });
  });

  describe('traffic of every kind', () => {
    it('is answered as meant, and stored', async () => {
      const { result, why } = await traffic.decide(await rig.context());
      assert.equal(result, 'held', why);
      assert.match(rig.facts.get('requestId') ?? '', /^[0-9a-f-]{36}$/);
    });

    it('fails where Momento does not store', async () => {
      rig.local.setFaults((operation) => (operation === 'SortedSetPut' ? { kind: 'refuse' } : undefined));
      const { result, why } = await traffic.decide(await rig.context());
      assert.equal(result, 'FAILED');
      assert.match(why, /an event was answered 202, not 200/);
    });

    it('fails where an event is accepted and not stored', async () => {
      const { result, why } = await traffic.decide(
        await rig.context({}, { webhookUrl: await rig.openUrl() }),
      );
      assert.equal(result, 'FAILED');
      assert.match(why, /its comment is not in the cache/);
    });

    it('fails where Momento does not publish', async () => {
      rig.local.setFaults((operation) => (operation === 'Publish' ? { kind: 'refuse' } : undefined));
      const { result, why } = await traffic.decide(await rig.context());
      assert.equal(result, 'FAILED');
      assert.match(why, /publisherUrl answered 50[23], not 200/);
    });
  });

  it('are not decided where an AWS hands out addresses that are nobody’s', async () => {
    const before = process.env.AWS_ENDPOINT_URL;
    const context = await rig.context({}, { webhookUrl: 'https://nobody.lambda-url.us-east-1.on.aws/' });
    process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:9';
    try {
      await assert.rejects(unsignedCalls.decide(context), (error) => {
        assert(error instanceof Undecidable);
        assert.match(error.message, /AWS_ENDPOINT_URL names another AWS/);
        return true;
      });
    } finally {
      if (before === undefined) delete process.env.AWS_ENDPOINT_URL;
      else process.env.AWS_ENDPOINT_URL = before;
    }
  });
});
