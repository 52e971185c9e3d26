// The rows that take AWS minutes: a rotation, the wrong-secret alarm, an outage. The local stack's webhook answers; the time
// is that of what the recorded AWS says.
import assert from 'node:assert/strict';
import { redriveTiming, type Try, wrongPauses } from '../../acceptance/rows/redrive-timing';
import { rotation } from '../../acceptance/rows/rotation';
import { wrongSecretAlarm } from '../../acceptance/rows/wrong-secret-alarm';
import { OnLocalStack } from './on-local-stack';
import { type Answers, Refused } from './recorded-aws';

type Versions = Record<string, string | undefined>;

describe('the acceptance of what takes minutes', () => {
  let rig: OnLocalStack;

  before(async function () {
    this.timeout(240_000);
    rig = await OnLocalStack.start();
  });
  after(() => rig.close());
  afterEach(() => rig.reset());

  describe('a rotation', () => {
    /** The secret's versions after `up`, of the one before and of what the configuration has then. */
    async function verdictWhere(
      on: OnLocalStack,
      after: (before: string, next: string) => Versions,
      rotate = (_next: string) => {}, // for the webhook
    ) {
      const before = on.secret;
      let next = before;
      let versions: Versions = { AWSCURRENT: before };
      const context = await on.context({
        GetSecretValue: ({ VersionStage }) => {
          const SecretString = versions[String(VersionStage)];
          if (SecretString === undefined) throw new Refused('ResourceNotFoundException');
          return { SecretString };
        },
      });
      const set = async (_key: string, value: string) => {
        next = value;
      };
      const up = async () => {
        versions = after(before, next);
        rotate(next);
        return { changes: { create: 1 } };
      };
      return rotation.decide({ ...context, stack: { ...context.stack, set, up } });
    }

    it('leaves the secret before it AWSPREVIOUS, and both accepted', async function () {
      this.timeout(240_000);
      // One that has not run yet, so that its webhook knows no secret and asks at once.
      const cold = await OnLocalStack.start();
      try {
        const { result, why } = await verdictWhere(cold, rotated, (next) => cold.rotate(next));
        assert.equal(why, 'AWSPREVIOUS is the secret from before the rotation, and both are accepted');
        assert.equal(result, 'held');
      } finally {
        await cold.close();
      }
    });

    const rotated = (AWSPREVIOUS: string, AWSCURRENT: string) => ({ AWSCURRENT, AWSPREVIOUS });

    it('fails where the webhook does not take the new secret up', async () => {
      const { result, why } = await verdictWhere(rig, rotated);
      assert.deepEqual([result, why], ['FAILED', 'the new secret is not accepted after 60 s']);
    });

    it('fails where the webhook does not accept the one before', async function () {
      this.timeout(240_000);
      const cold = await OnLocalStack.start();
      const twice = (next: string) => {
        cold.rotate('in-between');
        cold.rotate(next);
      };
      try {
        const { result, why } = await verdictWhere(cold, rotated, twice);
        assert.equal(result, 'FAILED');
        assert.match(why, /an event signed with it was answered 403/);
      } finally {
        await cold.close();
      }
    });

    const wrong: [string, (before: string, next: string) => Versions][] = [
      ['there is no AWSPREVIOUS', (_, AWSCURRENT) => ({ AWSCURRENT })],
      ['AWSPREVIOUS is another secret', (_, AWSCURRENT) => ({ AWSCURRENT, AWSPREVIOUS: 'older' })],
      ['AWSCURRENT is not the new secret', (AWSCURRENT) => ({ AWSCURRENT })],
    ];
    for (const [why, after] of wrong) {
      it(`fails where ${why}`, async () => {
        assert.deepEqual(await verdictWhere(rig, after), { result: 'FAILED', why });
      });
    }
  });

  describe('the wrong-secret alarm', () => {
    /** As DescribeAlarms tells its state, look by look; the last one stays. */
    async function verdictWhere(...states: string[]) {
      const DescribeAlarms = ({ AlarmNames }: Record<string, unknown>) => {
        assert.deepEqual(AlarmNames, ['wrong-1234567']);
        const [StateValue] = states.length > 1 ? states.splice(0, 1) : states;
        return { MetricAlarms: [{ AlarmName: 'wrong-1234567', StateValue }] };
      };
      return wrongSecretAlarm.decide(await rig.context({ DescribeAlarms }));
    }

    it('holds where it goes off and comes back', async () => {
      const { result, why } = await verdictWhere('INSUFFICIENT_DATA', 'OK', 'ALARM', 'ALARM', 'OK');
      assert.equal(result, 'held', why);
    });

    it('fails where an event with a wrong secret is accepted', async () => {
      const outputs = { webhookUrl: await rig.openUrl() };
      const { result, why } = await wrongSecretAlarm.decide(await rig.context({}, outputs));
      assert.deepEqual([result, why], ['FAILED', 'an event was answered 200, not 403']);
    });

    it('fails where it does not go off, or does not come back', async () => {
      const silent = await verdictWhere('OK');
      assert.deepEqual(
        [silent.result, silent.why],
        ['FAILED', 'the alarm is OK after 14.0 minutes, not ALARM'],
      );
      const stuck = await verdictWhere('ALARM');
      assert.deepEqual(
        [stuck.result, stuck.why],
        ['FAILED', 'the alarm is ALARM after 14.0 minutes, not OK'],
      );
    });
  });

  describe('redrive timing', () => {
    /** The redrive's lines about an event, as FilterLogEvents gives them, at these seconds. */
    const lines = (tries: readonly [second: number, deliveries: number, outcome: string][]) => ({
      events: tries.map(([second, deliveries, outcome], index) => ({
        eventId: String(index),
        logStreamName: '2026/01/01/[$LATEST]0',
        timestamp: 1_767_225_600_000 + second * 1000,
        ingestionTime: 1_767_225_600_000,
        message: JSON.stringify({
          timestamp: '2026-01-01T00:00:00.000Z',
          level: 'WARN',
          requestId: '1',
          message: { outcome, eventId: 'e', deliveries },
        }),
      })),
    });
    const waiting: [number, number, string][] = [
      [0, 1, 'not redriven'],
      [5.2, 2, 'not redriven'],
      [21, 3, 'not redriven'],
      [66.5, 4, 'not redriven'],
    ];
    async function verdictWhere(
      tries: readonly [number, number, string][],
      { policyWorks = true, outputs = {} } = {},
    ) {
      const answers: Answers = {
        FilterLogEvents: ({ nextToken }) => (nextToken ? lines(tries) : { events: [], nextToken: 'more' }),
        // A policy of the queue's that lets nobody send, until it is taken away.
        SetQueueAttributes: ({ Attributes }) => {
          const isDenied = policyWorks && JSON.stringify(Attributes).includes('Deny');
          rig.local.setFaults((operation) =>
            isDenied && operation === 'SendMessage' ? { kind: 'refuse' } : undefined,
          );
          return {};
        },
      };
      const context = await rig.context(answers, outputs);
      return redriveTiming.decide({ ...context, aws: context.recorded });
    }

    it('holds where an event waits 5, 15 and 45 s, and is stored once the cache is back', async () => {
      const { result, why } = await verdictWhere([...waiting, [202, 5, 'redriven']]);
      assert.equal(result, 'held', why);
      assert.match(why, /^pauses of 5\.2, 15\.8, 45\.5, 135\.5 s/);
      const caches = rig.calls.filter(({ operation }) => operation === 'SetQueueAttributes');
      assert.deepEqual(caches.at(-1)?.input.Attributes, { Policy: '' });
    });

    it('fails where it is tried at other times, or never stored', async () => {
      const late = await verdictWhere([
        ...waiting.slice(0, 3),
        [130, 4, 'not redriven'],
        [270, 5, 'redriven'],
      ]);
      assert.equal(late.result, 'FAILED');
      assert.match(late.why, /try 4 came 109 s after the previous one, not about 45 s/);
      const never = await verdictWhere(waiting);
      assert.deepEqual(
        [never.result, never.why],
        ['FAILED', 'the event was not stored when the cache was back'],
      );
    });

    it('fails where an event that cannot be stored is not queued, or one that can be neither is not refused', async () => {
      const open = await verdictWhere(waiting, { outputs: { webhookUrl: await rig.openUrl() } });
      assert.deepEqual(
        [open.result, open.why],
        ['FAILED', 'the webhook did not answer 202 to an event that Momento cannot store'],
      );
      const taken = await verdictWhere(waiting, { policyWorks: false });
      assert.deepEqual(
        [taken.result, taken.why],
        ['FAILED', 'the webhook did not answer 503 to an event that it could neither store nor queue'],
      );
    });

    it('knows a try that came too early, one that is missing, and too few', () => {
      const at = (second: number, deliveries: number): Try => ({
        at: second * 1000,
        deliveries,
        outcome: 'not redriven',
      });
      assert.deepEqual(wrongPauses([at(0, 1), at(5, 2), at(20, 3), at(65, 4)]), []);
      assert.match(wrongPauses([at(0, 1), at(1, 2), at(16, 3), at(61, 4)]).join(), /try 2 came 1 s after/);
      assert.match(wrongPauses([at(0, 1), at(20, 3), at(65, 4), at(200, 5)]).join(), /try 2 is missing/);
      assert.match(wrongPauses([at(0, 1)]).join(), /there were 1 tries, not 4/);
    });
  });
});
