// The files of an application's site: those of its folder as they are, and Momento's web SDK, which is bundled for it.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { webSdk } from '../web-sdk';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Besides the folder's own files. */
const WEB_SDK = 'web-sdk.js';

export interface SiteFile {
  readonly type: string;
  readonly content: Buffer;
}

/** Read for each request, so that reloading shows a change. Undefined for anything but a file of the folder itself. */
export async function siteFile(folder: string, path: string): Promise<SiteFile | undefined> {
  const name = path === '/' ? 'index.html' : path.slice(1);
  const type = TYPES[extname(name)];
  if (type === undefined) return undefined;
  if (name === WEB_SDK) return { type, content: Buffer.from(await webSdk()) };
  if (!(await readdir(folder)).includes(name)) return undefined;
  return { type, content: await readFile(join(folder, name)) };
}

/** Writes all files of a site to a folder, for any web server. Returns their names. */
export async function writeSite(folder: string, out: string): Promise<string[]> {
  const names = [...(await readdir(folder)), WEB_SDK].sort();
  await mkdir(out, { recursive: true });
  for (const name of names) {
    const file = await siteFile(folder, `/${name}`);
    if (file === undefined) throw new Error(`${join(folder, name)} is not a file of a site`);
    await writeFile(join(out, name), file.content);
  }
  return names;
}
