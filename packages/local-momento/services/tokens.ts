// Disposable tokens: vended for an API key, with a scope, an expiry and a token id.
import { token } from '@gomomento/generated-types/dist/token';
import type { Credentials } from '../credentials';
import type { Bound, Dispatcher } from '../dispatch';
import { invalidArgument } from '../errors';
import type { MomentoEmitter } from '../events';
import { checkPermissions } from '../permissions';

/** "TokenID must be less than or equal to 64 characters" (the SDK's own check, made here for every client). */
const MAX_TOKEN_ID_LENGTH = 64;

/** Disposable tokens are valid for at most an hour (Momento's documentation, "Tokens"). */
const MAX_SECONDS = 3_600;

export interface TokenOptions {
  credentials: Credentials;
  events: MomentoEmitter;
  /**
   * The endpoint that clients are told to connect to. Momento's is the name of a host with TLS; a URL with `http:` tells a
   * client that it is neither.
   */
  endpoint: () => string;
}

export function tokens(
  dispatcher: Dispatcher,
  { credentials, events, endpoint }: TokenOptions,
): { GenerateDisposableToken: Bound } {
  return {
    GenerateDisposableToken: dispatcher.unary({
      needs: () => ({ kind: 'manage' }),
      authorization: (request: token._GenerateDisposableTokenRequest) => request.auth_token,
      run: ({ expires, permissions, token_id: tokenId }, { caller }) => {
        const seconds = expires?.valid_for_seconds ?? 0;
        if (seconds < 1 || seconds > MAX_SECONDS) {
          throw invalidArgument(
            `A disposable token must expire after 1 to ${MAX_SECONDS} seconds, not ${seconds}`,
          );
        }
        if (tokenId.length > MAX_TOKEN_ID_LENGTH) {
          throw invalidArgument(`A token id must have at most ${MAX_TOKEN_ID_LENGTH} characters`);
        }
        if (permissions?.kind !== 'explicit') {
          throw invalidArgument('A disposable token needs explicit permissions');
        }
        checkPermissions(permissions.explicit);
        const { apiKey: api_key, validUntil: valid_until } = credentials.vend(caller, {
          tokenId,
          permissions: permissions.explicit,
          validForSeconds: seconds,
        });
        events.emit('tokenVended', { tokenId, expiresAt: valid_until * 1000 });
        return new token._GenerateDisposableTokenResponse({ api_key, endpoint: endpoint(), valid_until });
      },
    }),
  };
}
