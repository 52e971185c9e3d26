// Momento's hard limits of size (its documentation, "Service quotas"), with the causes that its SDKs distinguish: by the
// metadata, and the one for Node.js by the words "element size" and "request limit". They report an item that is too large as a request that is too large.
import { limitExceeded } from './errors';

/** "Item size: 5 MB": a scalar. */
export const MAX_ITEM_BYTES = 5 * 1024 * 1024;

/** "Collection element size: 128 KB": an element of a list, set or sorted set, or a field or value of a dictionary. */
export const MAX_ELEMENT_BYTES = 128 * 1024;

/** "Message size: 4 KiB per published message". */
export const MAX_MESSAGE_BYTES = 4 * 1024;

/** @throws MomentoError (RESOURCE_EXHAUSTED) */
export function checkItem(value: Uint8Array): void {
  checkRequest('an item', value.length, MAX_ITEM_BYTES);
}

/** @throws MomentoError (RESOURCE_EXHAUSTED) */
export function checkElements(elements: readonly Uint8Array[]): void {
  if (elements.every(({ length }) => length <= MAX_ELEMENT_BYTES)) return;
  throw limitExceeded(
    `The element size in a collection must be at most ${MAX_ELEMENT_BYTES} bytes`,
    'element_size_limit_exceeded',
  );
}

/** @throws MomentoError (RESOURCE_EXHAUSTED) */
export function checkMessage(bytes: number): void {
  checkRequest('a message', bytes, MAX_MESSAGE_BYTES);
}

function checkRequest(what: string, bytes: number, most: number): void {
  if (bytes <= most) return;
  throw limitExceeded(`The request limit for ${what} is ${most} bytes`, 'request_size_limit_exceeded');
}
