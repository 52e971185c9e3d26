declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** @param options `createTableMs`: how long a table takes until it is active */
  export default function dynalite(options?: { createTableMs?: number }): Server;
}
