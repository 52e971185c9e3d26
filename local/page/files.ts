// The page's own files. Only files of its folder are served, whatever the path.
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

const FOLDER = join(__dirname, 'static');

const TYPES: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
]);

/** The names of all files, such as `app.js`. */
export const PAGE_FILES: readonly string[] = readdirSync(FOLDER);

/** Read for each request, so that reloading the page shows a change. */
export function pageFile(path: string): { type: string; content: Buffer } | undefined {
  const name = path === '/' ? 'index.html' : path.slice(1);
  const type = TYPES.get(extname(name));
  if (type === undefined || !PAGE_FILES.includes(name)) return undefined;
  return { type, content: readFileSync(join(FOLDER, name)) };
}
