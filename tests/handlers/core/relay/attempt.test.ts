// One try of a delivery: what it returns, reports and counts for each outcome.
import assert from 'node:assert/strict';
import { eventParser, type TopicEvent } from '../../../../handlers/core/event';
import {
  type Answered,
  Delivery,
  type DeliverySettings,
  PATIENCE_MS,
} from '../../../../handlers/core/relay/delivery';
import { Held } from '../../../../handlers/core/relay/held';
import { ManualClock } from './manual-clock';
import { RecordedReport } from './recorded-report';

const parseEvent = eventParser({ cache: 'c', topic: 't' });

/** A message to deliver, and a try of it at a webhook that answers as a test says. */
function message(settings: Partial<DeliverySettings> = {}) {
  const clock = new ManualClock();
  const report = new RecordedReport();
  const posted: TopicEvent[] = [];
  const deadLetters: TopicEvent[] = [];
  const world = { answer: async (): Promise<Answered> => ({ status: 200 }) };
  const delivery = new Delivery({
    cache: 'c',
    topic: 't',
    clock,
    report,
    post: ({ body }) => {
      posted.push(parseEvent(body.toString()));
      return world.answer();
    },
    signingSecret: async () => 'one',
    deadLetter: async (events) => {
      deadLetters.push(...events);
      return events.map(() => undefined);
    },
    ...settings,
  });
  const held = new Held({ page: 77, sequence: 1, tokenId: 'taylor', text: 'hello' }, 'hello', clock.now());
  const answered = (status: number, retryAfter?: string) => {
    world.answer = async () => ({ status, retryAfter });
    return delivery.attempt(held);
  };
  const unanswered = (error: Error) => {
    world.answer = () => Promise.reject(error);
    return delivery.attempt(held);
  };
  const eventId = () => {
    assert(posted[0]);
    return posted[0].id;
  };
  return { clock, report, deadLetters, held, answered, unanswered, eventId };
}

describe('a try of the relay', () => {
  it('has delivered at every status from 200 to 299, and at no other', async () => {
    for (const status of [200, 299]) {
      const { answered, report } = message();
      assert.equal(await answered(status), undefined);
      assert.deepEqual([report.counts, report.lines], [{ Delivered: 1 }, []]);
    }
    for (const status of [199, 300]) {
      const { answered, report } = message();
      assert.equal(await answered(status), 500);
      assert.deepEqual(report.counts, { Retried: 1 });
    }
  });

  it('that is permanently refused is logged by its event and status', async () => {
    for (const status of [413, 422]) {
      const { answered, report, eventId } = message();
      assert.equal(await answered(status), undefined);
      const [line, ...others] = report.lines;
      assert(line && others.length === 0);
      const { level, ...fields } = line;
      assert.deepEqual(fields, { outcome: 'refused', eventId: eventId(), status });
      assert(level === 'warn' || level === 'error', 'somebody is to see it');
      assert.equal(report.counts.Malformed, 1);
    }
  });

  it('that fails is logged the first time alone, by its event and the status', async () => {
    const { answered, report, eventId } = message();
    await answered(500);
    await answered(502);
    assert.deepEqual(report.lines, [
      { level: 'warn', outcome: 'not delivered yet', eventId: eventId(), reason: 'status 500' },
    ]);
    assert.deepEqual(report.counts, { Retried: 2 });
  });

  it('that got no answer is logged by the name of the error, and never by its message', async () => {
    const { unanswered, report, eventId } = message();
    await unanswered(new TypeError('to the secret address'));
    assert.deepEqual(report.lines, [
      { level: 'warn', outcome: 'not delivered yet', eventId: eventId(), reason: 'TypeError' },
    ]);
  });

  it('fails if it could not be signed', async () => {
    const { answered, report } = message({
      signingSecret: () => Promise.reject(new RangeError('out of reach')),
    });
    assert.equal(await answered(200), 500);
    assert.deepEqual(
      report.lines.map(({ reason }) => reason),
      ['RangeError'],
    );
  });

  it('is followed by another one as long as that begins within two minutes of the first', async () => {
    assert.equal(PATIENCE_MS, 120_000);
    const { answered, clock, deadLetters } = message();
    await answered(500);
    await clock.pass(119_500);
    assert.equal(await answered(500), 500, 'it begins at two minutes exactly');
    await clock.pass(1);
    assert.equal(await answered(500), undefined);
    assert.equal(deadLetters.length, 1);
  });

  it('is not followed by another one before Retry-After, nor sooner than without it', async () => {
    const { answered, clock } = message();
    clock.chance = 1;
    assert.equal(await answered(429, '30'), 30_000);
    assert.equal(await answered(503, '1'), 4_500);
  });

  it('that was the last one is logged by its event and why it failed', async () => {
    const { answered, report, deadLetters, eventId } = message();
    assert.equal(await answered(503, '600'), undefined);
    assert.deepEqual(
      deadLetters.map(({ id }) => id),
      [eventId()],
    );
    assert.deepEqual(report.lines.at(-1), {
      level: 'error',
      outcome: 'dead-lettered',
      eventId: eventId(),
      reason: 'status 503',
    });
    assert.deepEqual(report.counts, { DeadLettered: 1 });
  });

  it('is followed by another one if the dead-letter queue does not take it either, and that is logged', async () => {
    const { answered, report, eventId } = message({
      deadLetter: async () => ['RangeError'],
    });
    assert.equal(await answered(503, '600'), 500, 'soon, and not only after Retry-After');
    assert.deepEqual(report.lines.at(-1), {
      level: 'error',
      outcome: 'not dead-lettered',
      eventId: eventId(),
      reason: 'RangeError',
    });
    assert.deepEqual(report.counts, { Retried: 1 });
  });
});

describe('a message that is finished', () => {
  it('lets go of its text, which may be large', () => {
    const { held } = message();
    held.finish();
    assert.deepEqual([held.page, held.sequence, held.text], [77, 1, '']);
  });
});
