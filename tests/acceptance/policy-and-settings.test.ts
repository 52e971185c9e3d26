// The rows that look at how the functions are set up.
import assert from 'node:assert/strict';
import type { DeployedStack } from '../../acceptance/context';
import { UpdateFailed } from '../../acceptance/pulumi';
import { firstUp, secondUp, tracingOff } from '../../acceptance/rows/coming-up';
import { publicPolicy } from '../../acceptance/rows/public-policy';
import { type Answers, knownStack, type RecordedAws, recordedAws } from './recorded-aws';

const FUNCTIONS = ['webhook', 'redrive'].map((name) => ({
  type: 'aws:lambda/function:Function',
  name,
  id: `${name}-1234567`,
}));

/** As GetPolicy gives it for a function whose URL is public (Lambda Developer Guide, "Control access to Function URLs"). */
const URL_STATEMENT = {
  Sid: 'webhook-url-1234567',
  Effect: 'Allow',
  Principal: '*',
  Action: 'lambda:InvokeFunctionUrl',
  Resource: 'arn:aws:lambda:us-east-1:123456789012:function:webhook-1234567',
  Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': 'NONE' } },
};
const INVOKE_STATEMENT = {
  ...URL_STATEMENT,
  Sid: 'webhook-invoke-1234567',
  Action: 'lambda:InvokeFunction',
  Condition: { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } },
};

describe('the acceptance of how functions are set up', () => {
  let recorded: RecordedAws | undefined;
  afterEach(() => recorded?.close());

  async function aws(answers: Answers) {
    recorded = await recordedAws(answers);
    return recorded.aws;
  }
  const stack = (other: Partial<DeployedStack> = {}) =>
    knownStack({ webhookFunctionName: 'webhook-1234567' }, FUNCTIONS, other);

  describe("the public webhook's policy", () => {
    async function verdictOn(statements: readonly object[]) {
      const Policy = JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: statements });
      return publicPolicy.decide({
        aws: await aws({ GetPolicy: () => ({ Policy, RevisionId: '1' }) }),
        stack: stack(),
      });
    }

    it('holds with both statements, each under its condition', async () => {
      const { result } = await verdictOn([URL_STATEMENT, INVOKE_STATEMENT]);
      assert.equal(result, 'held');
      assert.equal(recorded?.calls[0]?.input.FunctionName, 'webhook-1234567');
    });

    const { Condition, ...unconditional } = INVOKE_STATEMENT;
    const wrong: [string, object[], RegExp][] = [
      ['without the second statement', [URL_STATEMENT], /allows lambda:InvokeFunction$/],
      ['without the first statement', [INVOKE_STATEMENT], /allows lambda:InvokeFunctionUrl$/],
      ['where the second has no condition', [URL_STATEMENT, unconditional], /allows lambda:InvokeFunction$/],
      [
        'where another one lets everybody invoke it directly',
        [URL_STATEMENT, INVOKE_STATEMENT, { ...unconditional, Sid: 'open' }],
        /the statement open allows lambda:InvokeFunction without the URL/,
      ],
      [
        'where a statement lets the world do something else',
        [URL_STATEMENT, INVOKE_STATEMENT, { ...unconditional, Sid: 'more', Action: 'lambda:*' }],
        /the statement more allows lambda:\*/,
      ],
    ];
    for (const [when, statements, why] of wrong) {
      it(`fails ${when}`, async () => {
        const verdict = await verdictOn(statements);
        assert.equal(verdict.result, 'FAILED');
        assert.match(verdict.why, why);
      });
    }

    it('is not decided by what is no policy of IAM', async () => {
      const verdict = await verdictOn([{ ...unconditional, InvokedViaFunctionUrl: true }]);
      assert.equal(verdict.result, 'not decided');
      assert.match(verdict.why, /InvokedViaFunctionUrl/);
    });
  });

  describe('tracing off', () => {
    /** Functions that follow the setting, but for one that stays as it is. */
    async function verdictWhere(stays: Record<string, string>, { follows = true } = {}) {
      let setting = 'false';
      let mode = 'PassThrough';
      const followed = stack({
        set: async (key, value) => {
          if (key === 'tracing') setting = value;
        },
        up: async () => {
          mode = setting === 'true' ? 'Active' : 'PassThrough';
          return { changes: { update: 4 } };
        },
      });
      const told = new Set<unknown>();
      const answers: Answers = {
        GetFunctionConfiguration: ({ FunctionName }) => {
          const Mode = told.has(FunctionName) ? 'PassThrough' : (stays[String(FunctionName)] ?? mode);
          return { FunctionName, TracingConfig: { Mode } };
        },
        UpdateFunctionConfiguration: ({ FunctionName }) => {
          if (follows) told.add(FunctionName);
          return { FunctionName };
        },
      };
      return tracingOff.decide({ aws: await aws(answers), stack: followed });
    }

    it('holds where every function goes from Active to PassThrough', async () => {
      assert.equal((await verdictWhere({})).result, 'held');
    });

    it('fails where one keeps it', async () => {
      const { result, why } = await verdictWhere({ 'redrive-1234567': 'Active' });
      assert.deepEqual([result, why], ['FAILED', 'redrive-1234567 is Active']);
    });

    it('is not decided where Lambda does not switch it off for anybody', async () => {
      await assert.rejects(
        verdictWhere({ 'redrive-1234567': 'Active' }, { follows: false }),
        /this Lambda does not switch tracing off: redrive-1234567 is Active/,
      );
    });

    it('fails where one never had it: then off says nothing', async () => {
      const { result, why } = await verdictWhere({ 'redrive-1234567': 'PassThrough' });
      assert.equal(result, 'FAILED');
      assert.match(why, /tracing is set, and redrive-1234567 is PassThrough/);
    });
  });

  describe('pulumi up', () => {
    it('holds the second time where nothing changes, and fails where something does', async () => {
      const again = (changes: Record<string, number>) =>
        secondUp.decide({ stack: stack({ up: async () => ({ changes }) }) });
      assert.equal((await again({})).result, 'held');
      const { result, why } = await again({ update: 2, replace: 1 });
      assert.deepEqual([result, why], ['FAILED', 'it made changes without cause: 2 update, 1 replace']);
    });

    it('holds the first time where it goes through, and says why where it does not', async () => {
      assert.equal((await firstUp.decide({ stack: stack() })).result, 'held');
      const up = async () => {
        throw new UpdateFailed('pulumi up failed: no');
      };
      await assert.rejects(firstUp.decide({ stack: stack({ up }) }), UpdateFailed);
    });
  });
});
