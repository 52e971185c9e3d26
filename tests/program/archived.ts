// The code of a function, as it goes to AWS.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import * as pulumi from '@pulumi/pulumi';

/** The texts of the archive's files by name, read as the engine does: relative to the program's folder. */
export async function textsOf(
  archive: pulumi.asset.AssetArchive,
  project: string,
): Promise<Record<string, string>> {
  const texts = Object.entries(await archive.assets).map(async ([file, asset]) => {
    assert(asset instanceof pulumi.asset.FileAsset);
    const relative = await asset.path;
    assert(!path.isAbsolute(relative), 'no path of this machine gets into the state');
    return [file, readFileSync(path.join(project, relative), 'utf8')];
  });
  return Object.fromEntries(await Promise.all(texts));
}
