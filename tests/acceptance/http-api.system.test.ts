// The row about API Gateway in front, against the stack on this machine.
import assert from 'node:assert/strict';
import { Undecidable } from '../../acceptance/errors';
import { httpApi } from '../../acceptance/rows/http-api';
import { traffic } from '../../acceptance/rows/traffic';
import { OnLocalStack } from './on-local-stack';

describe('the acceptance of API Gateway in front', () => {
  let rig: OnLocalStack;

  before(async function () {
    this.timeout(240_000);
    rig = await OnLocalStack.start({ front: 'http-api' });
  });
  after(() => rig.close());
  afterEach(() => rig.reset());

  interface Other {
    readonly outputs?: Record<string, unknown>;
    /** Outputs that differ once the stack is up again. */
    readonly later?: Record<string, unknown>;
    readonly left?: readonly { type: string; name: string; id: string }[];
  }

  async function verdictWhere({ outputs = {}, later = {}, left = [] }: Other = {}) {
    const context = await rig.context({}, outputs);
    const set: string[] = [];
    let isUp = false;
    const stack = {
      ...context.stack,
      set: async (...pair: unknown[]) => void set.push(pair.join(' ')),
      up: async () => {
        isUp = true;
        return { changes: {} };
      },
      outputs: async () => ({ ...(await context.stack.outputs()), ...(isUp && later) }),
      resources: async () => [...(await context.stack.resources()), ...left],
    };
    const verdict = await httpApi.decide({ ...context, stack });
    assert.deepEqual(set, ['front http-api']);
    return verdict;
  }

  it('holds where its routes answer as they should, and the rest stayed', async () => {
    const { result, why } = await verdictWhere();
    assert.equal(result, 'held', why);
  });

  it('fails where a queue is another one', async () => {
    const { result, why } = await verdictWhere({ later: { redriveQueueUrl: 'https://another' } });
    assert.equal(result, 'FAILED');
    assert.match(why, /it changed what it must keep: .* became https:\/\/another/);
  });

  it('fails where a Function URL is left', async () => {
    const left = [{ type: 'aws:lambda/functionUrl:FunctionUrl', name: 'webhook', id: 'webhook-1234567' }];
    const { result, why } = await verdictWhere({ left });
    assert.deepEqual([result, why], ['FAILED', 'function URLs are left: webhook']);
  });

  it('fails where a guarded route lets everybody in, or is another’s', async () => {
    for (const output of ['publisherUrl', 'tokensUrl']) {
      const { result, why } = await verdictWhere({ outputs: { [output]: await rig.openUrl() } });
      assert.equal(result, 'FAILED');
      assert.match(why, /an unsigned call of .* was answered 200/);
    }
  });

  it('is not decided where the webhook’s route does not answer', async () => {
    await assert.rejects(verdictWhere({ outputs: { webhookUrl: await rig.openUrl() } }), Undecidable);
  });

  it('leaves the traffic of later rows to API Gateway, signed for it', async () => {
    const { result, why } = await traffic.decide(await rig.context());
    assert.equal(result, 'held', why);
  });
});
