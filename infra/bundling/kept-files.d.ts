/**
 * What `make` gives, kept in `node_modules/.cache/<folder>` under the digest of all that it depends on. It must be JSON.
 * Unknown, because the file may hold what anybody wrote.
 */
export function keptIn(folder: string, digest: string, make: () => unknown): unknown;
