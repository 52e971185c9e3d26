// After a rotation of the signing secret, the previous one is AWSPREVIOUS, and both are accepted.
import { randomBytes } from 'node:crypto';
import { currentSecret, sendEvent, signingSecret } from '../calling';
import type { Context } from '../context';
import { Undecidable } from '../errors';
import { failed, held, type Row } from '../row';

/** The webhook looks for a new secret at the first signature that does not match, at most once in 30 s. */
const TAKEN_UP_WITHIN_MS = 60_000;

export const rotation = {
  name: 'AWSPREVIOUS after a rotation',
  needs: ['first up'],
  async decide(context: Pick<Context, 'aws' | 'stack' | 'momento' | 'waitFor'>) {
    const before = await currentSecret(context);
    const next = randomBytes(32).toString('hex');
    await context.stack.set('signingSecret', next, { secret: true });
    await context.stack.up();
    const [current, previous] = [await signingSecret(context), await signingSecret(context, 'AWSPREVIOUS')];
    if (current !== next) return failed('AWSCURRENT is not the new secret');
    if (previous !== before) {
      return failed(previous === undefined ? 'there is no AWSPREVIOUS' : 'AWSPREVIOUS is another secret');
    }
    return accepted(context, { next, before });
  },
} satisfies Row;

/** Whether events with either secret are accepted, if events can be sent. */
async function accepted(
  context: Pick<Context, 'stack' | 'momento' | 'waitFor'>,
  { next, before }: { next: string; before: string },
) {
  const label = 'AWSPREVIOUS is the secret from before the rotation';
  const what = 'the webhook to accept the new secret';
  try {
    const taken = await context.waitFor({ what, withinMs: TAKEN_UP_WITHIN_MS, everyMs: 5_000 }, async () =>
      (await sendEvent(context, { secret: next })).answer.status === 200 ? true : undefined,
    );
    if (!taken) return failed(`the new secret is not accepted after ${TAKEN_UP_WITHIN_MS / 1000} s`);
    const { status } = (await sendEvent(context, { secret: before })).answer;
    if (status !== 200) return failed(`${label}, but an event signed with it was answered ${status}`);
    return held(`${label}, and both are accepted`);
  } catch (error) {
    if (!(error instanceof Undecidable)) throw error;
    return held(`${label}; no event was sent, because none can be sent here`);
  }
}
