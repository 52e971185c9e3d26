// The page's own files. Only files in this list are served, whatever the path.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const TYPES = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
} as const;

const FILES: ReadonlyMap<string, keyof typeof TYPES> = new Map([
  ['index.html', 'html'],
  ['controls.css', 'css'],
  ['flow.css', 'css'],
  ['style.css', 'css'],
  ['icon.svg', 'svg'],
  ['app.js', 'js'],
  ['attacks.js', 'js'],
  ['message.js', 'js'],
  ['place.js', 'js'],
  ['element.js', 'js'],
  ['journeys.js', 'js'],
  ['server.js', 'js'],
  ['trouble.js', 'js'],
]);

/** Read for each request, so that reloading the page shows a change. */
export function pageFile(path: string): { type: string; content: Buffer } | undefined {
  const name = path === '/' ? 'index.html' : path.slice(1);
  const kind = FILES.get(name);
  return kind && { type: TYPES[kind], content: readFileSync(join(__dirname, 'static', name)) };
}
