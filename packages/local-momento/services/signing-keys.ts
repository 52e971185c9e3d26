// Signing keys: create, list and revoke. They sign tokens for Momento's HTTP interface, which is not served here.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { control_client } from '@gomomento/generated-types/dist/controlclient';
import type { Bound, Dispatcher } from '../dispatch';
import { invalidArgument } from '../errors';

const needs = (): { kind: 'manage' } => ({ kind: 'manage' });

export function signingKeys(
  dispatcher: Dispatcher,
  now: () => number,
): Record<'CreateSigningKey' | 'RevokeSigningKey' | 'ListSigningKeys', Bound> {
  /** Expiries in seconds since the epoch, by id. */
  const expiries = new Map<string, number>();
  return {
    CreateSigningKey: dispatcher.unary({
      needs,
      run: ({ ttl_minutes }: control_client._CreateSigningKeyRequest) => {
        if (ttl_minutes < 1) throw invalidArgument('A signing key must be valid for at least a minute');
        const kid = randomUUID();
        const expires_at = Math.floor(now() / 1000) + ttl_minutes * 60;
        expiries.set(kid, expires_at);
        return new control_client._CreateSigningKeyResponse({ key: makeJwk(kid), expires_at });
      },
    }),

    RevokeSigningKey: dispatcher.unary({
      needs,
      run: ({ key_id }: control_client._RevokeSigningKeyRequest) => {
        expiries.delete(key_id);
        return new control_client._RevokeSigningKeyResponse();
      },
    }),

    ListSigningKeys: dispatcher.unary({
      needs,
      run: () => {
        for (const [id, expiry] of expiries) if (expiry * 1000 <= now()) expiries.delete(id);
        const signing_key = [...expiries].map(
          ([key_id, expires_at]) => new control_client._SigningKey({ key_id, expires_at }),
        );
        return new control_client._ListSigningKeysResponse({ signing_key, next_token: '' });
      },
    }),
  };
}

/** A private key as JSON, as the SDKs read it. */
function makeJwk(kid: string): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' });
}
