// Makes calls of every kind, so that each metric and each query has data.
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { readComments } from '../../local/comments';
import { currentSecret, post, sendEvent, signedPost, USER } from '../calling';
import { type Context, outputOf } from '../context';
import { type Row, unless } from '../row';

/** Two, so that the second one uses the first one's token. */
const PUBLISH_TIMES = 3;
const STALE_MS = 120_000;

type Calling = Pick<Context, 'aws' | 'stack' | 'momento' | 'region' | 'credentials' | 'facts'>;

export const traffic = {
  name: 'traffic',
  needs: ['first up'],
  async decide(context: Calling) {
    const complaints = [...(await backendCalls(context)), ...(await events(context))];
    // SQS reports metrics only for a queue that is in use.
    const QueueUrl = await outputOf(context.stack, 'deadLetterQueueUrl');
    await context.aws.sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 }));
    return unless(complaints, 'published, vended, stored and refused, each as expected');
  },
} satisfies Row;

/** Calls that a backend makes, good ones and bad ones. */
async function backendCalls(context: Calling): Promise<string[]> {
  const complaints: string[] = [];
  const credentials = await context.credentials();
  const call = async (output: string, input: object, expected: number) => {
    const answer = await signedPost(context, await outputOf(context.stack, output), input, credentials);
    if (answer.status !== expected) complaints.push(`${output} answered ${answer.status}, not ${expected}`);
    return answer.headers.get('x-request-id');
  };
  const comment = { userId: USER, courseId: 'acceptance', comment: 'of the acceptance' };
  for (let time = 0; time < PUBLISH_TIMES; time++) {
    const requestId = await call('publisherUrl', comment, 200);
    if (requestId) context.facts.set('requestId', requestId);
  }
  await call('publisherUrl', { ...comment, comment: '' }, 422);
  await call('tokensUrl', { userId: USER }, 200);
  await call('tokensUrl', { userId: '' }, 422);
  return complaints;
}

/** Calls that Momento would make, and calls that others would make. */
async function events(context: Calling): Promise<string[]> {
  const complaints: string[] = [];
  const secret = await currentSecret(context);
  const expect = (what: string, status: number, expected: number) => {
    if (status !== expected) complaints.push(`${what} was answered ${status}, not ${expected}`);
  };
  const good = await sendEvent(context, { secret, requestId: context.facts.get('requestId') });
  expect('an event', good.answer.status, 200);
  const [stored] = await readComments(good.course, { ...context.momento, limit: 1 });
  if (stored?.userID !== USER || stored.eventId !== good.eventId) {
    complaints.push('an event was accepted, and its comment is not in the cache');
  }
  expect('a stale event', (await sendEvent(context, { secret, ageMs: STALE_MS })).answer.status, 403);
  expect('a malformed event', (await sendEvent(context, { secret, text: '{}' })).answer.status, 422);
  expect('a forged event', (await sendEvent(context, { secret: `not ${secret}` })).answer.status, 403);
  expect('no event', (await post(await outputOf(context.stack, 'webhookUrl'), '{}')).status, 403);
  expect('another event', (await sendEvent(context, { secret })).answer.status, 200); // also reports the denials
  return complaints;
}
