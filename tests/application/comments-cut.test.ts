// What the default application keeps of a course.
import assert from 'node:assert/strict';
import { eventParser } from '../../handlers/core/event';
import { startStack } from '../../local/stack';
import { readBack } from '../read-back';
import { Sender } from '../sender';

const SECRET = 'the-signing-secret';
const CACHE = 'course-comments-dev';

describe('the webhook, with room for five comments of a course', () => {
  it('cuts the oldest on one write in fifty, which the event’s id decides, and keeps the newest five', async () => {
    const stack = await startStack({
      config: { commentsPerCourse: '5' },
      secrets: { signingSecret: SECRET },
      momento: { caches: [CACHE] },
    });
    const sender = new Sender(String(stack.outputs.webhookUrl), 1);
    const parse = eventParser({ cache: CACHE, topic: 'comment' });
    const now = Date.now();
    let sequence = 0;
    const next = (comment: string, isDue: boolean): string => {
      const text = JSON.stringify({ comment, courseId: 1 });
      const at = now + Number(comment);
      const times = { event_timestamp: at, publish_timestamp: at };
      const fields = { cache: CACHE, topic: 'comment', ...times, token_id: 'taylor', text };
      for (;;) {
        const body = JSON.stringify({ ...fields, topic_sequence_number: ++sequence });
        if ((Buffer.from(parse(body).id, 'base64url').readUInt32BE() % 50 === 0) === isDue) return body;
      }
    };
    const send = async (body: string) => assert.equal((await sender.signed(body, SECRET)).status, 200);
    const stored = async () => (await readBack(stack, 1)).map(({ comment }) => comment).sort();
    try {
      const all = ['1', '2', '3', '4', '5', '6', '7'];
      for (const comment of all) await send(next(comment, false));
      assert.deepEqual(await stored(), all);
      await send(next('8', true));
      assert.deepEqual(await stored(), ['4', '5', '6', '7', '8']);
    } finally {
      sender.close();
      await stack.close();
    }
  });
});
