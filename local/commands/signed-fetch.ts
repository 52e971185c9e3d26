// `fetch` with AWS Signature Version 4: how a backend calls the publisher.
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AccessKey } from '../aws/sigv4';

/** The service that a signature is for: Lambda behind a Function URL, API Gateway behind an HTTP API. */
export type SigningName = 'lambda' | 'execute-api';

export interface SignedRequest {
  /** default: lambda */
  service?: SigningName;
  credentials: AccessKey;
  region: string;
  body: string;
  /** of the signature; default: now */
  signingDate?: Date;
  /** whether to send the body's hash too, as the AWS SDKs do and curl does not; default: true */
  applyChecksum?: boolean;
  /** ends the request; default: never */
  signal?: AbortSignal;
}

/** Posts JSON to a Function URL, or to a route of an HTTP API. */
export async function signedPost(url: string, request: SignedRequest): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: await signedHeaders(url, request),
    body: request.body,
    ...(request.signal && { signal: request.signal }),
  });
}

/** The headers of a signed POST of JSON. */
export async function signedHeaders(url: string, request: SignedRequest): Promise<Record<string, string>> {
  const {
    service = 'lambda',
    credentials,
    region,
    body,
    signingDate = new Date(),
    applyChecksum = true,
  } = request;
  const { host, hostname, port, pathname } = new URL(url);
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256, applyChecksum });
  const { headers } = await signer.sign(
    {
      method: 'POST',
      protocol: 'http:',
      hostname,
      port: Number(port),
      path: pathname,
      headers: { host, 'content-type': 'application/json' },
      body,
    },
    { signingDate },
  );
  return headers;
}
