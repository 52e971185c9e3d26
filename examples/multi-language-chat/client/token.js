// The user's token, from the backend that this page comes from. It knows who is signed in.

/** Nobody is signed in. */
export class SignedOut extends Error {}

/** The backend does not vend this token, however often it is asked. */
export class Refused extends Error {}

/** What the token service answers. Without a language, or with one that the chat does not have, it is the chat's first. */
export async function fetchToken(language) {
  const response = await ask({ language });
  if (response.status === 422 && language !== undefined) return fetchToken(undefined);
  if (response.status === 401) throw new SignedOut();
  if (response.status >= 400 && response.status < 500) throw new Refused(`no token: ${response.status}`);
  if (!response.ok) throw new Error(`no token: ${response.status}`);
  return response.json();
}

function ask(body) {
  return fetch('token', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
}
