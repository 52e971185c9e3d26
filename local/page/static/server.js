// Calls the page's server.

/** Longer than any action takes. */
const ANSWERS_WITHIN_MS = 30_000;

/** Returns the server's answer. Throws an Error with a message for the user if it refused, or did not answer. */
async function call(path, options = {}) {
  const signal = AbortSignal.timeout(ANSWERS_WITHIN_MS);
  const response = await fetch(path, { ...options, signal }).catch(() => {
    throw new Error('The stack does not answer. Try again when it is back.');
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  return answer;
}

export function post(path, input = {}) {
  const headers = { 'content-type': 'application/json' };
  return call(path, { method: 'POST', headers, body: JSON.stringify(input) });
}

export function get(path) {
  return call(path);
}
