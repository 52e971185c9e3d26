// Where the measured functions run: an AWS and a Momento on this machine, and events to send them.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import * as path from 'node:path';
import { SIGNATURE_HEADER, sign } from '../handlers/core/signature';

export interface Region {
  readonly apiKey: string;
  readonly signingSecret: string;
  readonly cacheName: string;
  readonly topicName: string;
  /** What a function finds in its environment, beside its own settings. */
  readonly environment: Record<string, string>;
}

/** Starts it in another process, runs `work`, and ends it. */
export async function inRegion<T>(
  { delays }: { readonly delays: boolean },
  work: (region: Region) => Promise<T>,
): Promise<T> {
  const child = fork(path.join(__dirname, 'region-process.ts'), {
    execArgv: ['-r', require.resolve('ts-node/register')],
  });
  try {
    child.send({ delays });
    const [region] = await once(child, 'message');
    return await work(region);
  } finally {
    child.disconnect();
    await once(child, 'exit');
  }
}

let sequence = 0;

/** A request as Lambda hands it over, with an event that was published now and signed. */
export function signedRequest({ cacheName, topicName, signingSecret }: Region, secret = signingSecret) {
  sequence++;
  const body = JSON.stringify({
    cache: cacheName,
    topic: topicName,
    event_timestamp: Date.now(),
    publish_timestamp: Date.now(),
    topic_sequence_number: sequence,
    token_id: `user-${sequence % 100}`,
    text: JSON.stringify({ comment: `comment ${sequence}`, courseId: `course-${sequence % 20}` }),
  });
  return {
    version: '2.0',
    requestContext: { http: { method: 'POST' }, timeEpoch: Date.now() },
    headers: { 'content-type': 'application/json', [SIGNATURE_HEADER]: sign(Buffer.from(body), secret) },
    body,
    isBase64Encoded: false,
  };
}
