// The files of an application's site: those of its folder as they are, and Momento's web SDK, which is bundled for it.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { webSdk } from '../web-sdk';

const SCRIPT = 'text/javascript; charset=utf-8';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': SCRIPT,
  '.svg': 'image/svg+xml',
};

/** Besides the folder's own files. */
const WEB_SDK = 'web-sdk.js';

export interface SiteFile {
  readonly type: string;
  readonly content: Buffer;
  readonly etag: string;
  /** The content with gzip, of a file that is large. */
  readonly compressed?: Buffer;
}

/** Read for each request, so that reloading shows a change. Undefined for anything but a file of the folder itself. */
export async function siteFile(folder: string, path: string): Promise<SiteFile | undefined> {
  const name = path === '/' ? 'index.html' : path.slice(1);
  const type = TYPES[extname(name)];
  if (type === undefined) return undefined;
  if (name === WEB_SDK) return webSdkFile();
  if (!(await readdir(folder)).includes(name)) return undefined;
  const content = await readFile(join(folder, name));
  return { type, content, etag: etagOf(content) };
}

let sdkFile: Promise<SiteFile> | undefined;

/** Momento's web SDK. The first call takes longer than serving all other files. */
export function webSdkFile(): Promise<SiteFile> {
  sdkFile ??= makeWebSdkFile();
  return sdkFile;
}

async function makeWebSdkFile(): Promise<SiteFile> {
  const content = Buffer.from(await webSdk());
  return { type: SCRIPT, content, etag: etagOf(content), compressed: await promisify(gzip)(content) };
}

function etagOf(content: Buffer): string {
  return `W/"${createHash('sha256').update(content).digest('base64url')}"`;
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
