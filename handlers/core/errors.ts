// A handler's answers other than success. Below 500 the message is for the caller. From 500 on it is generic, and only the
// log says what happened. No message contains input, a secret or an exception's text.

/** An unsuccessful answer, as an error to throw. */
export abstract class Refusal extends Error {
  abstract readonly status: number;
  /** A short name for logs and metrics. */
  abstract readonly reason: string;
  readonly headers: Readonly<Record<string, string>> = {};
}

export class MethodNotAllowed extends Refusal {
  readonly status = 405;
  readonly reason = 'method';
  override readonly headers = { allow: 'POST' };
  constructor() {
    super('Only POST is allowed');
  }
}

export class BodyTooLarge extends Refusal {
  readonly status = 413;
  readonly reason = 'size';
  constructor(limitBytes: number) {
    super(`The body must be at most ${limitBytes} bytes`);
  }
}

/** One message whether the signature is absent, malformed or wrong, so that it tells an attacker nothing. */
export class AccessDenied extends Refusal {
  readonly status = 403;
  constructor(readonly reason: 'unsigned' | 'signature') {
    super('Access Denied!');
  }
}

export class StaleEvent extends Refusal {
  readonly status = 403;
  readonly reason = 'stale';
  constructor() {
    super('Stale event');
  }
}

/** A body with wrong or missing fields. The message names each field, never its value. */
export class Unprocessable extends Refusal {
  readonly status = 422;
  readonly reason = 'malformed';
}

/** Momento was reached and refused. */
export class BadGateway extends Refusal {
  readonly status = 502;
  readonly reason = 'refused';
  constructor(cause?: unknown) {
    super('Momento refused the request', { cause });
  }
}

/** Something this handler needs is unavailable now; the caller may try again. */
export class Unavailable extends Refusal {
  readonly status = 503;
  override readonly headers: Readonly<Record<string, string>>;
  constructor(
    readonly reason: 'secret' | 'store' | 'momento' | 'unexpected',
    cause?: unknown,
    retryAfterSeconds = 5,
  ) {
    super('Temporarily unavailable', { cause });
    this.headers = { 'retry-after': String(retryAfterSeconds) };
  }
}

/** A short reason for a failure, for the log. It never contains an error's message, which might hold input or a key. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Refusal)) return nameOf(error);
  return error.cause === undefined ? error.reason : `${error.reason}: ${nameOf(error.cause)}`;
}

function nameOf(cause: unknown): string {
  if (typeof cause === 'string') return cause;
  return cause instanceof Error ? cause.name : typeof cause;
}
