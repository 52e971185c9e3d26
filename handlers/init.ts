// The first file of a function's archive, which `index.mjs` loads before the handler: it asks for the secrets, so that they
// are on their way while the rest is loaded.
import { optional } from './adapters/environment';
import { initialised } from './adapters/initialisation';
import { endEarly, fetchEarly } from './adapters/secrets';

/** How long the loading of the handler waits for the requests to leave, in milliseconds: to resolve a name, and a TLS handshake. */
const LEAVE_WITHIN_MS = 50;

const start = Date.now();

/** Asks for the function's secrets. Resolves when the requests have left. Never rejects. */
export function begin(): Promise<void> {
  const arns = [optional('API_KEY_SECRET_ARN'), optional('SIGNING_SECRET_ARN')];
  return fetchEarly(
    arns.filter((arn) => arn !== undefined),
    LEAVE_WITHIN_MS,
  );
}

/** Resolves when secrets and connections are there, or a second after the start. Never rejects. */
export async function end(): Promise<void> {
  await initialised(start);
  endEarly();
}
