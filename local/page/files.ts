// The page's own files. Only files of its folder are served, whatever the path.
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { webSdk } from '../web-sdk';

const FOLDER = join(__dirname, 'static');

const SCRIPT = 'text/javascript; charset=utf-8';

const TYPES: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.js', SCRIPT],
  ['.svg', 'image/svg+xml'],
]);

/** The names of all files, such as `app.js`. */
export const PAGE_FILES: readonly string[] = readdirSync(FOLDER);

/** Momento's SDK for browsers, which is bundled, and not a file. */
const WEB_SDK = '/web-sdk.js';

/** Read for each request, so that reloading the page shows a change. */
export async function pageFile(
  path: string,
): Promise<{ type: string; content: Buffer | string } | undefined> {
  if (path === WEB_SDK) return { type: SCRIPT, content: await webSdk() };
  const name = path === '/' ? 'index.html' : path.slice(1);
  const type = TYPES.get(extname(name));
  if (type === undefined || !PAGE_FILES.includes(name)) return undefined;
  return { type, content: readFileSync(join(FOLDER, name)) };
}
