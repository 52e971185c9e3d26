// What the page counts of many messages: each once, and why some did not arrive.
import assert from 'node:assert/strict';
import type { TopicMessage } from 'local-momento';
import { local } from '../../../application/local';
import { Burst } from '../../../local/page/burst';
import { Journeys } from '../../../local/page/journeys';

/** A burst of a hundred of which every one is published, but for those that `refuses` names. */
async function published(refuses: (number: number) => boolean = () => false) {
  const journeys = new Journeys(
    local.describe,
    () => {},
    () => 0,
  );
  const messages: TopicMessage[] = [];
  let asked = 0;
  const burst = new Burst(journeys, async (body) => {
    const sequenceNumber = ++asked;
    if (refuses(sequenceNumber)) return { status: 429, message: 'Too Many Requests', ms: 1 };
    const { userId: tokenId, ...fields } = Object(body);
    const text = JSON.stringify({ ...fields, requestId: String(sequenceNumber) });
    const message = {
      cache: 'c',
      topic: 't',
      sequenceNumber,
      sequencePage: 1,
      tokenId,
      text,
      publishedAt: 0,
    };
    messages.push(message);
    journeys.published(message);
    return { status: 200, requestId: String(sequenceNumber), message: '', ms: 1 };
  });
  burst.start({ courseId: '1', comment: 'x' }, 'comment');
  while (burst.isPublishing) await new Promise((done) => setImmediate(done));
  return { burst, journeys, messages };
}

const log = (requestId: string, outcome: string) => JSON.stringify({ message: { requestId, outcome } });

describe('a burst', () => {
  it('counts each message once, and tells why some were not published and others not handled', async () => {
    const { burst, journeys, messages } = await published((number) => number <= 5);
    for (const [index, message] of messages.entries()) {
      if (index < 20) journeys.delivered(message, { status: 503, ms: index });
      else if (index < 30) journeys.delivered(message, { error: 'no answer within 5000 ms', ms: 5_000 });
      else if (index < 32) journeys.dropped(message, 'backlog is full');
      else if (index < 33) journeys.logged(log(String(message.sequenceNumber), 'lost'));
      else if (index < 40) journeys.delivered(message, { status: 202, ms: 1 });
      else journeys.delivered(message, { status: 200, ms: 1 });
    }
    const { published: taken, refused, done, waiting, failed, givenUp, reasons } = Object(burst.state);
    assert.deepEqual(
      { taken, refused, done, waiting, failed, givenUp },
      {
        taken: 95,
        refused: 5,
        done: 55,
        waiting: 7,
        failed: 33,
        givenUp: 0,
      },
    );
    assert.deepEqual(reasons, [
      { station: 'webhook', text: 'answered 503', count: 20 },
      { station: 'webhook', text: 'no answer within 5000 ms', count: 10 },
      { station: 'publisher', text: 'answered 429: Too Many Requests', count: 5 },
      { station: 'webhook', text: 'not called: backlog is full', count: 2 },
      { station: 'outcome', text: 'lost: neither done nor queued', count: 1 },
    ]);
  });

  it('no longer counts as failed what the webhook handled although Momento had stopped waiting', async () => {
    const { burst, journeys, messages } = await published();
    const [first] = messages;
    assert(first);
    journeys.delivered(first, { error: 'no answer within 5000 ms', ms: 5_000 });
    assert.equal(burst.state?.failed, 1);
    journeys.logged(log('1', 'stored'));
    assert.deepEqual([burst.state?.failed, burst.state?.done, burst.state?.reasons], [0, 1, []]);
  });
});
