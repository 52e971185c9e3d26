// The settings of a stack that are no secrets, from its `Pulumi.<stack>.yaml`.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { parse } from 'yaml';

const scalar = v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.transform(String));
const encrypted = v.object({ secure: v.string() });
const stackFile = v.nullish(
  v.object({ config: v.optional(v.record(v.string(), v.union([scalar, encrypted])), {}) }),
);

/**
 * The plain settings, by whole key such as `momento-webhooks:logRetentionDays`. Encrypted ones are left out: nobody can
 * read them here. Without a file there are none. Throws where the file is not as Pulumi writes it.
 */
export async function readStackSettings(folder: string, stack: string): Promise<Record<string, string>> {
  const name = `Pulumi.${stack}.yaml`;
  const text = await readFile(join(folder, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const parsed = v.safeParse(stackFile, parse(text));
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new Error(`${name}: ${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
  }
  const entries = Object.entries(parsed.output?.config ?? {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
