/** The bytes as a key of a map: one character each, so that comparing strings compares bytes. */
export const byteKey = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
