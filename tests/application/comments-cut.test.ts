// What the default application keeps of a course.
import assert from 'node:assert/strict';
import { parseFault } from 'local-momento';
import { eventParser } from '../../handlers/core/event';
import { type Stack, startStack } from '../../local/stack';
import { readBack } from '../read-back';
import { Sender } from '../sender';

const SECRET = 'the-signing-secret';
const CACHE = 'course-comments-dev';

describe('the webhook, with room for five comments of a course', () => {
  const parse = eventParser({ cache: CACHE, topic: 'comment' });
  const now = Date.now();
  let stack: Stack;
  let sender: Sender;
  let sequence = 0;

  before(async () => {
    stack = await startStack({
      config: { commentsPerCourse: '5' },
      secrets: { signingSecret: SECRET },
      momento: { caches: [CACHE] },
    });
    sender = new Sender(String(stack.outputs.webhookUrl), 1);
  });
  after(async () => {
    sender.close();
    await stack.close();
  });

  /** Whether a cut is due with an event is decided by its id, of which its sequence number is a part. */
  function next(courseId: number, comment: string, isDue: boolean): string {
    const text = JSON.stringify({ comment, courseId });
    const at = now + Number(comment);
    const times = { event_timestamp: at, publish_timestamp: at };
    const fields = { cache: CACHE, topic: 'comment', ...times, token_id: 'taylor', text };
    for (;;) {
      const body = JSON.stringify({ ...fields, topic_sequence_number: ++sequence });
      if ((Buffer.from(parse(body).id, 'base64url').readUInt32BE() % 50 === 0) === isDue) return body;
    }
  }

  async function send(body: string): Promise<void> {
    assert.equal((await sender.signed(body, SECRET)).status, 200);
  }

  const stored = async () => (await readBack(stack, 1)).map(({ comment }) => comment).sort();

  it('cuts the oldest on one write in fifty, which the event’s id decides, and keeps the newest five', async () => {
    const all = ['1', '2', '3', '4', '5', '6', '7'];
    for (const comment of all) await send(next(1, comment, false));
    assert.deepEqual(await stored(), all);
    await send(next(1, '8', true));
    assert.deepEqual(await stored(), ['4', '5', '6', '7', '8']);
  });

  it('does not wait for the write before it looks what to cut', async () => {
    const answered: string[] = [];
    stack.momento.on('call', ({ operation }) => answered.push(operation));
    stack.setFaults(parseFault('SortedSetPut=delay:200'));
    try {
      await send(next(2, '1', true));
    } finally {
      stack.setFaults(undefined);
    }
    assert.deepEqual(answered, ['SortedSetFetch', 'SortedSetPut']);
  });

  it('answers that the comment is stored where nothing can be cut', async () => {
    stack.setFaults(parseFault('SortedSetFetch=refuse'));
    try {
      await send(next(1, '9', true));
    } finally {
      stack.setFaults(undefined);
    }
    assert((await stored()).includes('9'));
  });
});
