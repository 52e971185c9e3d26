// Calls from a backend that vouches for a user. The publisher and the token service read, time, log and answer them in the
// same way.
import { randomUUID } from 'node:crypto';
import { before, type Deadline } from '../core/deadline';
import { Refusal, reasonOf } from '../core/errors';
import { type Answer, failure, isUrlRequest, postedBytes, success } from '../core/http';
import { parse, parseJson, type Schema } from '../core/parse';
import { rehearse } from './initialisation';
import { count, publishMetrics, rehearseMetrics } from './metrics';

/** A message is at most 4 KB. Escaped in JSON it can be several times larger; the rest of the body is small. */
const MAX_BODY_BYTES = 64 * 1024;

/** Time limits of the whole answer and of its work, in milliseconds. The difference leaves time to clean up. */
const ANSWER_WITHIN_MS = 5_000;
const WORK_WITHIN_MS = 4_800;

/** Every answer carries this header: the id that finds the call and its outcome in the logs. */
const REQUEST_ID_HEADER = 'x-request-id';

export interface BackendCall<Input> {
  readonly schema: Schema<Input>;
  /** The outcome that the log shows for a successful call. */
  readonly outcome: string;
  /** The metrics that count successful and failed calls. */
  readonly counts: { readonly done: string; readonly failed: string };
  /** Does the work before `deadline` and returns the body of the answer. Throws a Refusal if it cannot. */
  work(input: Input, deadline: Deadline, requestId: string): Promise<object>;
}

/** A handler for a Function URL request, or for a direct invocation with the same JSON. */
export function backendHandler<Input>(call: BackendCall<Input>): (payload: unknown) => Promise<Answer> {
  rehearse(() => {
    rehearseMetrics();
    parse(call.schema, {});
  });
  return async (payload) => {
    const requestId = randomUUID();
    const { statusCode, headers, body } = await answer(call, payload, requestId);
    publishMetrics();
    return { statusCode, headers: { ...headers, [REQUEST_ID_HEADER]: requestId }, body };
  };
}

async function answer<Input>(
  { schema, outcome, counts, work }: BackendCall<Input>,
  payload: unknown,
  requestId: string,
): Promise<Answer> {
  try {
    const input = isUrlRequest(payload)
      ? parseJson(schema, postedBytes(payload, MAX_BODY_BYTES).toString('utf8'))
      : parse(schema, payload);
    const start = Date.now();
    const done = work(input, start + WORK_WITHIN_MS, requestId);
    const result = await before(start + ANSWER_WITHIN_MS, done);
    count(counts.done);
    console.info({ outcome, requestId });
    return success(200, result);
  } catch (error) {
    const expected = error instanceof Refusal && error.status < 500;
    count(counts.failed);
    console[expected ? 'warn' : 'error']({ outcome: `not ${outcome}`, requestId, reason: reasonOf(error) });
    return failure(error);
  }
}
