// Checks AWS Signature Version 4: signs the request again with the key that it names, and compares.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
import { createHash, timingSafeEqual } from 'node:crypto';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { REGION } from './account';
import { AwsError } from './errors';

export interface AccessKey {
  accessKeyId: string;
  secretAccessKey: string;
  /** required with each request if the key is temporary */
  sessionToken?: string;
}

/** A request as it came over the wire: not decoded, header names in lower case. */
export interface WireRequest {
  method: string;
  path: string;
  /** without the question mark */
  query: string;
  headers: Record<string, string>;
  body: Uint8Array;
}

const MAX_SKEW_MS = 5 * 60_000;
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256\s+Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request\s*,\s*SignedHeaders=([^,\s]+)\s*,\s*Signature=([0-9a-f]{64})\s*$/;
const AMZ_DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/**
 * The key that signed the request. Throws AwsError: MissingAuthenticationTokenException (not signed at all),
 * IncompleteSignatureException, UnrecognizedClientException (no such key), InvalidSignatureException.
 * @param service the signing name, e.g. `secretsmanager`
 * @param now milliseconds since the epoch; the signature may be five minutes off
 */
export async function authenticate<Key extends AccessKey>(
  request: WireRequest,
  service: string,
  findKey: (accessKeyId: string) => Key | undefined,
  now: number,
): Promise<Key> {
  const { authorization } = request.headers;
  if (!authorization) throw denied('MissingAuthenticationTokenException', 'Missing Authentication Token');
  const parsed = AUTHORIZATION.exec(authorization);
  if (!parsed) {
    throw new AwsError(
      'IncompleteSignatureException',
      'Authorization header is not a Signature Version 4.',
      400,
    );
  }
  const [, accessKeyId = '', day, region, signedFor, headerNames = '', signature = ''] = parsed;
  const key = findKey(accessKeyId);
  if (!key || key.sessionToken !== request.headers['x-amz-security-token']) {
    throw denied('UnrecognizedClientException', 'The security token included in the request is invalid.');
  }
  if (region !== REGION || signedFor !== service) {
    throw mismatch(`Credential should be scoped to region '${REGION}' and service '${service}'.`);
  }
  const signed = new Set(headerNames.split(';'));
  const date = request.headers['x-amz-date'] ?? '';
  const signedAt = Date.parse(date.replace(AMZ_DATE, '$1-$2-$3T$4:$5:$6Z'));
  if (!AMZ_DATE.test(date) || Number.isNaN(signedAt) || !date.startsWith(`${day}T`)) {
    throw mismatch("The header 'x-amz-date' is missing, or not of the credential's day.");
  }
  if (!signed.has('host') || !signed.has('x-amz-date')) {
    throw mismatch("'host' and 'x-amz-date' must be signed headers.");
  }
  if (Math.abs(now - signedAt) > MAX_SKEW_MS) throw mismatch(`Signature expired or not yet current: ${date}`);
  const claimedHash = request.headers['x-amz-content-sha256'];
  if (claimedHash !== undefined && claimedHash !== createHash('sha256').update(request.body).digest('hex')) {
    throw mismatch("The body does not match the header 'x-amz-content-sha256'.");
  }

  const expected = await signatureOf(request, signed, key, service, new Date(signedAt));
  if (!timingSafeEqual(Buffer.from(expected, 'hex'), Buffer.from(signature, 'hex'))) throw mismatch();
  return key;
}

async function signatureOf(
  request: WireRequest,
  signed: Set<string>,
  { accessKeyId, secretAccessKey }: AccessKey,
  service: string,
  signingDate: Date,
): Promise<string> {
  const signer = new SignatureV4({
    service,
    region: REGION,
    credentials: { accessKeyId, secretAccessKey },
    sha256: Sha256,
    applyChecksum: false,
  });
  const { method, path, body } = request;
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => signed.has(name)));
  const again = await signer.sign(
    {
      protocol: 'http:',
      hostname: headers.host ?? '',
      method,
      path,
      query: queryBag(request.query),
      headers,
      body,
    },
    { signingDate, signableHeaders: signed },
  );
  return again.headers.authorization?.slice(-64) ?? '';
}

function queryBag(query: string): Record<string, string[]> {
  const bag: Record<string, string[]> = {};
  for (const pair of query.split('&').filter(Boolean)) {
    const [name = '', ...value] = pair.split('=');
    const key = decode(name);
    bag[key] = [...(bag[key] ?? []), decode(value.join('='))];
  }
  return bag;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw mismatch('The query string cannot be decoded.');
  }
}

function denied(type: string, message: string): AwsError {
  return new AwsError(type, message, 403);
}

function mismatch(why = ''): AwsError {
  const message =
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access ' +
    'Key and signing method. Consult the service documentation for details.';
  return denied('InvalidSignatureException', why || message);
}
