// Calls by a backend that vouches for a user: the publisher's and the token service's are read, timed, logged and answered
// in the same way.
import { randomUUID } from 'node:crypto';
import { before, type Deadline } from '../core/deadline';
import { Refusal, reasonOf } from '../core/errors';
import { type Answer, failure, isUrlRequest, postedBytes, success } from '../core/http';
import { parse, parseJson, type Schema } from '../core/parse';
import { count, publishMetrics } from './metrics';

/** The largest message has 4 KB; escaped in JSON it can be several times that, and the rest is small. */
const MAX_BODY_BYTES = 64 * 1024;

/** Milliseconds in which the whole call is answered, and in which its work is given up: its clean-up comes before the answer. */
const ANSWER_WITHIN_MS = 5_000;
const WORK_WITHIN_MS = 4_800;

/** In every answer: the id by which the call, and what came of it, is found in the logs. */
const REQUEST_ID_HEADER = 'x-request-id';

export interface BackendCall<Input> {
  readonly schema: Schema<Input>;
  /** What the log says of a call that succeeded. */
  readonly outcome: string;
  /** The metrics that count calls by how they ended. */
  readonly counts: { readonly done: string; readonly failed: string };
  /** Does what is asked for, until `deadline`, and gives what to answer. It throws a Refusal where it cannot. */
  work(input: Input, deadline: Deadline, requestId: string): Promise<object>;
}

/** A handler that takes a Function URL's request, or the same JSON by a direct invocation. */
export function backendHandler<Input>(call: BackendCall<Input>): (payload: unknown) => Promise<Answer> {
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
