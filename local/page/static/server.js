// Calls the page's server.

/** Returns the server's answer. Throws an Error with its message if it refused. */
async function answerOf(response) {
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  return answer;
}

export async function post(path, input = {}) {
  const headers = { 'content-type': 'application/json' };
  return answerOf(await fetch(path, { method: 'POST', headers, body: JSON.stringify(input) }));
}

export async function get(path) {
  return answerOf(await fetch(path));
}
