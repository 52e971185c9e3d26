// Remembers what bundles were made of, so that unchanged ones need not be made again: by contents, never by dates.
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';

/** What decides, beside the files themselves, which files a bundle is made of. */
const MANIFESTS = ['package.json', 'tsconfig.json', 'node_modules/.package-lock.json'];

interface Made {
  /** What was asked for, and by which bundler. */
  readonly request: string;
  /** By folder of the user's own sources, the names that stand there: a new file may be found in place of another. */
  readonly listings: Record<string, string>;
  /** SHA-256 by path, relative to the project; null where there is no such file. Bundles included. */
  readonly digests: Record<string, string | null>;
}

export interface Making {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly start: number;
}

export class BundleRecord {
  /**
   * @param project the folder that all paths are relative to
   * @param file where the record is kept
   */
  constructor(
    private readonly project: string,
    private readonly file: string,
  ) {}

  /** Whether this request was fulfilled, and everything is as it was then, the bundles included. */
  holds(request: string): boolean {
    const made = this.#read();
    if (made?.request !== request) return false;
    return (
      Object.entries(made.listings).every(([folder, names]) => this.#listing(folder) === names) &&
      Object.entries(made.digests).every(([file, digest]) => this.#digest(file) === digest)
    );
  }

  /**
   * Notes that `outputs` were made from `inputs`, for `request`.
   * What was changed since `start` (milliseconds since the epoch), while they were made, may be in them or not: then
   * nothing is noted.
   */
  write(request: string, { inputs, outputs, start }: Making): void {
    if (inputs.some((file) => this.#changedAt(file) >= start)) return;
    const all = [...MANIFESTS, ...inputs, ...outputs];
    const digests = Object.fromEntries(all.map((file) => [file, this.#digest(file)]));
    const own = inputs.filter((file) => !file.includes('node_modules/')).map((file) => path.dirname(file));
    const listings = Object.fromEntries([...new Set(own)].map((folder) => [folder, this.#listing(folder)]));
    const made: Made = { request, listings, digests };
    replaceFile(path.join(this.project, this.file), JSON.stringify(made));
  }

  #read(): Made | undefined {
    try {
      const written = readFileSync(path.join(this.project, this.file), 'utf8');
      const { request, listings, digests }: Partial<Made> = JSON.parse(written);
      if (request !== undefined && listings && digests) return { request, listings, digests };
    } catch {} // none yet, or not whole
    return undefined; // or of another version of this program: the bundles are made again
  }

  #listing(folder: string): string {
    try {
      return readdirSync(path.resolve(this.project, folder)).sort().join('\n');
    } catch {
      return ''; // gone, as are its files
    }
  }

  #changedAt(file: string): number {
    return statSync(path.resolve(this.project, file), { throwIfNoEntry: false })?.ctimeMs ?? 0;
  }

  #digest(file: string): string | null {
    try {
      return createHash('sha256')
        .update(readFileSync(path.resolve(this.project, file)))
        .digest('hex');
    } catch {
      return null;
    }
  }
}

/** Writes at one blow: somebody else may be reading or writing the same file. */
export function replaceFile(file: string, contents: string | Uint8Array): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, contents);
  renameSync(draft, file);
}
