// Records what bundles were built from, so that unchanged ones are not built again. It compares contents, never dates.
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';

/** Files that determine, besides the sources themselves, which files a bundle contains. */
const MANIFESTS = ['package.json', 'tsconfig.json', 'node_modules/.package-lock.json'];

interface Made {
  /** The request, and the version of the bundler. */
  readonly request: string;
  /** The names of the files in each folder of the user's own sources: a new file may be resolved in place of another. */
  readonly listings: Record<string, string>;
  /** SHA-256 by path, relative to the project; null if there is no such file. Includes the bundles. */
  readonly digests: Record<string, string | null>;
  /** The files of the bundles. */
  readonly outputs: readonly string[];
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

  /** The files of the bundles if this request was fulfilled and nothing has changed since, including them. */
  find(request: string): readonly string[] | undefined {
    const made = this.#read();
    if (made?.request !== request) return undefined;
    const isCurrent =
      Object.entries(made.listings).every(([folder, names]) => this.#listing(folder) === names) &&
      Object.entries(made.digests).every(([file, digest]) => this.#digest(file) === digest);
    return isCurrent ? made.outputs : undefined;
  }

  /**
   * Records that `outputs` were built from `inputs`, for `request`, and returns them. Records nothing if an input was changed
   * after `start` (milliseconds since the epoch): the outputs may or may not contain that change.
   */
  write(request: string, { inputs, outputs, start }: Making): readonly string[] {
    if (inputs.some((file) => this.#changedAt(file) >= start)) return outputs;
    const all = [...MANIFESTS, ...inputs, ...outputs];
    const digests = Object.fromEntries(all.map((file) => [file, this.#digest(file)]));
    const own = inputs.filter((file) => !file.includes('node_modules/')).map((file) => path.dirname(file));
    const listings = Object.fromEntries([...new Set(own)].map((folder) => [folder, this.#listing(folder)]));
    const made: Made = { request, listings, digests, outputs };
    replaceFile(path.join(this.project, this.file), JSON.stringify(made));
    return outputs;
  }

  #read(): Made | undefined {
    try {
      const written = readFileSync(path.join(this.project, this.file), 'utf8');
      const { request, listings, digests, outputs }: Partial<Made> = JSON.parse(written);
      if (request !== undefined && listings && digests && outputs)
        return { request, listings, digests, outputs };
    } catch {} // no record yet, or an incomplete one
    return undefined; // or a record of another version of this program: the bundles are built again
  }

  #listing(folder: string): string {
    try {
      return readdirSync(path.resolve(this.project, folder)).sort().join('\n');
    } catch {
      return ''; // the folder is gone, and its files too
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

/** Replaces the file atomically: another process may be reading or writing it. */
export function replaceFile(file: string, contents: string | Uint8Array): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, contents);
  renameSync(draft, file);
}
