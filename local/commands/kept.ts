// What stays the same from one `npm start` to the next: the keys, and the port of each server by its name. It is kept in a
// file that only its user can read and that git ignores.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { makeLegacyKey } from 'local-momento';
import * as v from 'valibot';
import { makeUserKey } from '../aws/identities';
import type { AccessKey } from '../aws/sigv4';
import { UsageError } from './flags';

const FILE = resolve(__dirname, '../..', '.local', 'keys.json');

const contents = v.strictObject({
  version: v.literal(1),
  momentoApiKey: v.string(),
  /** The local user's, who may call the publisher. */
  user: v.strictObject({ accessKeyId: v.string(), secretAccessKey: v.string() }),
  /** How many ports after the page's. */
  ports: v.record(v.string(), v.pipe(v.number(), v.integer(), v.minValue(1))),
});
type Contents = v.InferOutput<typeof contents>;

/** Of the servers that every stack has, and of the program's own URLs. Others get the ports after these. */
const PORTS = { aws: 1, momento: 2, webhook: 3, publisher: 4, tokens: 5 };

export class Kept {
  private constructor(
    private readonly contents: Contents,
    private readonly file: string | undefined,
  ) {}

  /** Reads the file, or makes it. Throws UsageError if others can read it, or if it is not as this version writes it. */
  static open(file = FILE): Kept {
    return new Kept(read(file) ?? write(file, fresh()), file);
  }

  /** Makes the file anew, with new keys. */
  static renew(file = FILE): Kept {
    return new Kept(write(file, fresh()), file);
  }

  /** Keys and ports that no file keeps. */
  static nowhere(): Kept {
    return new Kept(fresh(), undefined);
  }

  get momentoApiKey(): string {
    return this.contents.momentoApiKey;
  }

  get user(): AccessKey {
    return this.contents.user;
  }

  /**
   * The port of the server of this name. It never changes; a new name gets the first that no other name has.
   * @param first the page's; with 0 it is 0, for any free port
   */
  portOf(name: string, first: number): number {
    if (first === 0) return 0;
    const { ports } = this.contents;
    const known = ports[name];
    if (known !== undefined) return first + known;
    const taken = new Set(Object.values(ports));
    let next = 1;
    while (taken.has(next)) next++;
    ports[name] = next;
    if (this.file !== undefined) write(this.file, this.contents);
    return first + next;
  }
}

function fresh(): Contents {
  return { version: 1, momentoApiKey: makeLegacyKey(), user: makeUserKey(), ports: { ...PORTS } };
}

/** Undefined if there is no such file. */
function read(file: string): Contents | undefined {
  let text: string;
  try {
    const isOthers = process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0;
    if (isOthers) {
      throw new UsageError(
        `other users can read the keys in ${file}: start with --fresh, which makes new ones, or run chmod 600 on it`,
      );
    }
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const parsed = v.safeParse(contents, parseJson(text));
  if (parsed.success) return parsed.output;
  throw new UsageError(`${file} is not as this version writes it: start with --fresh, which makes it anew`);
}

/** Two stacks may start at the same time: each sees a whole file. */
function write(file: string, value: Contents): Contents {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
