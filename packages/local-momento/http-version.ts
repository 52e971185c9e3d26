// Tells HTTP/2 from HTTP/1.1 by the first bytes of a connection. A client of HTTP/2 begins with a preface (RFC 9113,
// section 3.4); no method of HTTP/1.1 begins like it.
import type { Duplex } from 'node:stream';

const PREFACE = 'PRI * HTTP/2';

/** Calls back once, with the bytes still there to be read; never, if the connection ends before it says enough. */
export function onHttpVersion(connection: Duplex, tell: (version: 1 | 2) => void): void {
  let read = Buffer.alloc(0);
  const look = (): void => {
    const bytes: Buffer | null = connection.read();
    if (bytes === null) return;
    read = Buffer.concat([read, bytes]);
    const begun = read.toString('latin1', 0, PREFACE.length);
    if (begun.length < PREFACE.length && PREFACE.startsWith(begun)) return;
    connection.off('readable', look);
    connection.off('end', close);
    connection.unshift(read);
    tell(begun === PREFACE ? 2 : 1);
  };
  const close = (): void => void connection.destroy();
  connection.on('readable', look);
  connection.once('end', close);
}
