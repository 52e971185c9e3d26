// How long a call to AWS may take, and over which connection.

/** AWS is called minutes apart, by functions that are frozen meanwhile: a connection that is kept is dead when it is needed. */
const ANEW = { keepAlive: false };

/**
 * For the `requestHandler` of an AWS client, whose own time-outs leave gaps. Without `throwOnRequestTimeout` the SDK only
 * warns, and waits for ever: so would every later request on an instance that was frozen in the middle of a call. That
 * time-out ends with the first byte of an answer, and `socketTimeout` bounds the silence after it.
 * @param connectMs milliseconds until there is a connection
 * @param answerMs milliseconds until an answer begins, and of silence in it
 */
export function patience(connectMs: number, answerMs: number) {
  return {
    connectionTimeout: connectMs,
    requestTimeout: answerMs,
    socketTimeout: answerMs,
    throwOnRequestTimeout: true,
    httpAgent: ANEW,
    httpsAgent: ANEW,
  };
}
