// Where the measured functions run: AWS and Momento on this machine, and events to send to them.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import * as path from 'node:path';
import { SIGNATURE_HEADER, sign } from '../handlers/core/signature';

export interface Region {
  readonly apiKey: string;
  readonly signingSecret: string;
  readonly cacheName: string;
  readonly topicName: string;
  /** The environment of a function, besides its own settings. */
  readonly environment: Record<string, string>;
}

export interface RegionOptions {
  /** Whether its services take their time, as real ones do. */
  readonly delays: boolean;
  /** Whether functions reach them over TLS: see `hasTls`. Default: false. */
  readonly tls?: boolean;
}

/** Starts a region in another process, runs `work`, and ends the process. */
export async function inRegion<T>(options: RegionOptions, work: (region: Region) => Promise<T>): Promise<T> {
  const child = fork(path.join(__dirname, 'region-process.ts'), {
    execArgv: ['-r', path.join(__dirname, '../infra/read-typescript.cjs')],
  });
  try {
    child.send(options);
    const [region] = await once(child, 'message');
    return await work(region);
  } finally {
    child.disconnect();
    await once(child, 'exit');
  }
}

let sequence = 0;

/** A request as Lambda passes it on, with a signed event that was published now. */
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
