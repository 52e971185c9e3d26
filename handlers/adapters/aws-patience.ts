// Time limits and connections of calls to AWS.

/** Calls to AWS are minutes apart, and functions are frozen in between. A kept connection would be dead when it is needed. */
const ANEW = { keepAlive: false };

/**
 * Time limits of calls, as options for the `requestHandler` of an AWS client, whose own time-outs leave gaps. Without
 * `throwOnRequestTimeout` the SDK only warns and waits forever. On an instance that was frozen during a call, every later
 * request would wait too. `requestTimeout` ends with the first byte of an answer; `socketTimeout` bounds the silence after it.
 * @param connectMs milliseconds to establish a connection
 * @param answerMs milliseconds until an answer begins, and of silence within it
 */
export function timeLimits(connectMs: number, answerMs: number) {
  return {
    connectionTimeout: connectMs,
    requestTimeout: answerMs,
    socketTimeout: answerMs,
    throwOnRequestTimeout: true,
  };
}

/** The same for a function, which keeps no connections. */
export function patience(connectMs: number, answerMs: number) {
  return { ...timeLimits(connectMs, answerMs), httpAgent: ANEW, httpsAgent: ANEW };
}
