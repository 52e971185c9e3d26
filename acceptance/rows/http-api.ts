// API Gateway in front of the running stack: its routes answer, the functions' URLs are gone, and nothing else is another.
import { type Answer, currentSecret, post, sendEvent, signedPost, USER } from '../calling';
import { type Context, idsOf, outputOf } from '../context';
import { Undecidable } from '../errors';
import { failed, type Row, unless } from '../row';

/** New routes may be unknown at some of API Gateway's servers for a while. */
const ANSWERS_WITHIN_MS = 60_000;
const COMMENT = { userId: USER, courseId: 'acceptance', comment: 'through API Gateway' };
const KEPT = ['redriveQueueUrl', 'deadLetterQueueUrl', 'webhookFunctionName'];

type Fronted = Pick<Context, 'aws' | 'stack' | 'momento' | 'region' | 'credentials' | 'waitFor'>;

export const httpApi = {
  name: 'API Gateway in front',
  needs: ['traffic'],
  async decide(context: Fronted) {
    const { stack, waitFor } = context;
    const before = await kept(stack);
    await stack.set('front', 'http-api');
    await stack.up();
    const after = await kept(stack);
    if (after !== before) return failed(`it changed what it must keep: ${before} became ${after}`);
    const left = (await stack.resources()).filter(
      ({ type }) => type.endsWith(':FunctionUrl') && type.startsWith('aws:'),
    );
    if (left.length > 0) return failed(`function URLs are left: ${left.map(({ name }) => name).join(', ')}`);

    const webhookUrl = await outputOf(stack, 'webhookUrl');
    const reached = await waitFor({ what: 'the routes to answer', withinMs: ANSWERS_WITHIN_MS }, async () =>
      (await post(webhookUrl, '{}')).status === 403 ? true : undefined,
    );
    if (!reached) throw new Undecidable(`${webhookUrl} does not answer 403 to an unsigned event`);
    return unless(
      await complaints(context, webhookUrl),
      'its routes answer, the others do not, IAM guards two, and queues, secrets and functions stayed',
    );
  },
} satisfies Row;

/** What a change of the front must not change, as one text. */
async function kept(stack: Fronted['stack']): Promise<string> {
  const secrets = [...(await idsOf(stack, 'secret'))].map(([name, id]) => `${name} ${id}`).sort();
  const outputs = await Promise.all(KEPT.map((name) => outputOf(stack, name)));
  return [...outputs, ...secrets].join(', ');
}

async function complaints(context: Fronted, webhookUrl: string): Promise<string[]> {
  const { stack, credentials } = context;
  const found: string[] = [];
  const expect = (what: string, { status, body }: Answer, wanted: number, text?: string) => {
    if (status === wanted && (text === undefined || body === text)) return;
    found.push(`${what} was answered ${status} ${body.slice(0, 100)}`);
  };
  expect('an unsigned event', await post(webhookUrl, '{}'), 403, '{"message":"Access Denied!"}');
  expect('another path', await post(`${webhookUrl}/x`, '{}'), 404, '{"message":"Not Found"}');
  const { answer } = await sendEvent(context, { secret: await currentSecret(context) });
  expect('an event', answer, 200);
  const publisherUrl = await outputOf(stack, 'publisherUrl');
  const tokensUrl = await outputOf(stack, 'tokensUrl');
  for (const url of [publisherUrl, tokensUrl]) {
    expect(
      `an unsigned call of ${url}`,
      await post(url, JSON.stringify(COMMENT)),
      403,
      '{"message":"Forbidden"}',
    );
  }
  const key = await credentials();
  expect('a signed call of the publisher', await signedPost(context, publisherUrl, COMMENT, key), 200);
  expect(
    'a signed call of the token service',
    await signedPost(context, tokensUrl, { userId: USER }, key),
    200,
  );
  return found;
}
