// `fetch` with AWS Signature Version 4, as a backend calls the publisher.
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AccessKey } from './aws/sigv4';

export interface SignedRequest {
  credentials: AccessKey;
  region: string;
  body: string;
  /** of the signature; default: now */
  signingDate?: Date;
}

/** Posts JSON to a Function URL. */
export async function signedPost(url: string, request: SignedRequest): Promise<Response> {
  const { credentials, region, body, signingDate } = request;
  const { host, hostname, port, pathname } = new URL(url);
  const signer = new SignatureV4({ service: 'lambda', region, credentials, sha256: Sha256 });
  const signed = await signer.sign(
    {
      method: 'POST',
      protocol: 'http:',
      hostname,
      port: Number(port),
      path: pathname,
      headers: { host, 'content-type': 'application/json' },
      body,
    },
    signingDate ? { signingDate } : {},
  );
  return fetch(url, { method: 'POST', headers: signed.headers, body });
}
