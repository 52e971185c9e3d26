// The error that users of `pulumi` see when Momento refuses or fails.
import { MomentoErrorCode, type SdkError } from '@gomomento/sdk';

type Kind = 'cache' | 'webhook';

const SET_KEY = 'pulumi config set --secret momentoDeployKey';
/** https://docs.momentohq.com/api/authentication */
const MANAGES = 'a super-user key, or a v2 key with the role Operator';
const RELAY = 'pulumi config set delivery relay';

/** What failed, what Momento said, and what to do. */
export class Failure extends Error {
  constructor(
    what: string,
    kind: Kind,
    readonly said: SdkError,
  ) {
    const sentence = said.message.replace(/[.\s]+$/, '');
    super(`${what}. Momento said: ${sentence} (${said.errorCode()}). What to do: ${advice(kind, said)}.`);
    this.stack = ''; // Pulumi would print the stack after the message, which it repeats
  }
}

function advice(kind: Kind, said: SdkError): string {
  switch (said.errorCode()) {
    case MomentoErrorCode.PERMISSION_ERROR:
      return kind === 'cache'
        ? `the key needs the right to manage caches (${MANAGES}); set one that has it with: ${SET_KEY}`
        : `the key needs the right to manage webhooks (${MANAGES}); set one that has it with: ${SET_KEY}. ` +
            `If the account has no webhooks at all, use the relay: ${RELAY}`;
    case MomentoErrorCode.AUTHENTICATION_ERROR:
      return `the key is unknown, expired or revoked; set a valid one with: ${SET_KEY}, then run pulumi up`;
    case MomentoErrorCode.LIMIT_EXCEEDED_ERROR:
      return kind === 'cache'
        ? 'delete a cache that nobody needs, or ask Momento for a higher limit; then run pulumi up'
        : `delete a webhook of this cache (Momento allows five), ask Momento for more, or use the relay: ${RELAY}`;
    case MomentoErrorCode.CACHE_NOT_FOUND_ERROR:
      return 'it was deleted outside Pulumi; run pulumi refresh, then pulumi up';
    case MomentoErrorCode.SERVER_UNAVAILABLE:
    case MomentoErrorCode.TIMEOUT_ERROR:
    case MomentoErrorCode.CONNECTION_ERROR:
      return 'see that Momento can be reached from here, then run pulumi up again: it continues where it stopped';
    case MomentoErrorCode.BAD_REQUEST_ERROR: // Momento's answer to an operation that it does not serve
    case MomentoErrorCode.FAILED_PRECONDITION_ERROR:
      if (kind === 'webhook') return `webhooks may not be enabled for this account; use the relay: ${RELAY}`;
      break;
    default:
  }
  return 'if pulumi up fails again, show Momento this message';
}
