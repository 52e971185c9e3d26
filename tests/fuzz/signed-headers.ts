// The headers of a POST of any bytes to a Function URL, signed with AWS Signature Version 4.
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Stack } from '../../local/stack';

/** As the stack's own user, who may invoke every function. */
export async function signedHeaders(
  { credentials, region }: Pick<Stack, 'credentials' | 'region'>,
  url: string,
  body: Uint8Array,
): Promise<Record<string, string>> {
  const { host, hostname, port, pathname: path } = new URL(url);
  const signer = new SignatureV4({ service: 'lambda', region, credentials, sha256: Sha256 });
  const { headers } = await signer.sign({
    method: 'POST',
    protocol: 'http:',
    hostname,
    port: Number(port),
    path,
    headers: { host, 'content-type': 'application/json' },
    body,
  });
  return headers;
}
