// The settings of a stack that are not secret, from its `Pulumi.<stack>.yaml`.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { parse } from 'yaml';

const scalar = v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.transform(String));
const encrypted = v.object({ secure: v.string() });
/** Pulumi hands lists and objects to the program as JSON. */
const structured = v.pipe(
  v.union([v.array(v.unknown()), v.record(v.string(), v.unknown())]),
  v.transform((given) => JSON.stringify(given)),
);
const stackFile = v.nullish(
  v.object({ config: v.optional(v.record(v.string(), v.union([scalar, encrypted, structured])), {}) }),
);
const projectFile = v.nullish(v.object({ name: v.string() }));

/**
 * The plain settings: the project's own by their short keys, such as `logRetentionDays`, others by their whole keys, such
 * as `aws:region`. Leaves out encrypted ones: nobody can read them here. Empty without a file. Throws if the file is not
 * as Pulumi writes it.
 */
export async function readStackSettings(folder: string, stack: string): Promise<Record<string, string>> {
  const file = await readYaml(folder, `Pulumi.${stack}.yaml`, stackFile);
  const project = await readYaml(folder, 'Pulumi.yaml', projectFile);
  // Pulumi reads a key without a namespace as the project's, and writes it with one.
  const own = project ? `${project.name}:` : '';
  const short = (key: string) => (key.startsWith(own) ? key.slice(own.length) : key);
  return Object.fromEntries(
    Object.entries(file?.config ?? {}).flatMap(([key, value]) =>
      typeof value === 'string' ? [[short(key), value]] : [],
    ),
  );
}

async function readYaml<const T extends v.GenericSchema>(
  folder: string,
  name: string,
  schema: T,
): Promise<v.InferOutput<T>> {
  const text = await readFile(join(folder, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const parsed = v.safeParse(schema, parse(text));
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new Error(`${name}: ${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
}
