// API keys: made with permissions and an expiry, and refreshed.
import { auth } from '@gomomento/generated-types/dist/auth';
import type { Credentials, Vended } from '../credentials';
import type { Bound, Dispatcher } from '../dispatch';
import { invalidArgument, permissionDenied } from '../errors';
import { checkPermissions } from '../permissions';

export function apiKeys(
  dispatcher: Dispatcher,
  credentials: Credentials,
  /** The endpoint that clients are told to connect to. */
  endpoint: () => string,
): Record<'GenerateApiToken' | 'RefreshApiToken', Bound> {
  const messageOf = ({ apiKey: api_key, refreshToken: refresh_token, validUntil: valid_until }: Vended) => ({
    api_key,
    refresh_token,
    endpoint: endpoint(),
    valid_until,
  });
  return {
    GenerateApiToken: dispatcher.unary({
      needs: () => ({ kind: 'manage' }),
      authorization: (request: auth._GenerateApiTokenRequest) => request.auth_token,
      run: (request, { caller }) => {
        const { permissions, token_id: tokenId } = request;
        if (permissions === undefined || permissions.kind === 'none') {
          throw invalidArgument('An API key needs permissions');
        }
        if (permissions.kind === 'super_user' && !caller.isOwner) {
          throw permissionDenied('A super user key cannot make another one');
        }
        if (permissions.kind === 'explicit') checkPermissions(permissions.explicit);
        const vended = credentials.vend(caller, {
          tokenId,
          permissions: permissions.kind === 'explicit' ? permissions.explicit : undefined,
          validForSeconds: secondsOf(request),
        });
        return new auth._GenerateApiTokenResponse(messageOf(vended));
      },
    }),

    RefreshApiToken: dispatcher.unary({
      needs: () => ({ kind: 'none' }),
      authorization: (request: auth._RefreshApiTokenRequest) => request.api_key,
      run: ({ api_key, refresh_token }) => {
        return new auth._RefreshApiTokenResponse(messageOf(credentials.refresh(api_key, refresh_token)));
      },
    }),
  };
}

/** Undefined for a key that never expires. */
function secondsOf(request: auth._GenerateApiTokenRequest): number | undefined {
  if (request.expiry === 'never') return undefined;
  const seconds = request.expiry === 'expires' ? request.expires.valid_for_seconds : 0;
  if (seconds < 1) throw invalidArgument('An API key must expire after at least a second, or never');
  return seconds;
}
