import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { anchorsIn, linksIn, type Page, PROJECT, pages } from './pages';

const isOfDocs = ({ file }: Page) => file.startsWith('docs/');
const readme = pages.find(({ file }) => file === 'README.md');

/** What is wrong with a link of a page; nothing about addresses elsewhere. */
function faultOf(from: string, link: string): string | undefined {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [target = '', anchor] = link.split('#');
  const file = path.join(path.dirname(from), target === '' ? path.basename(from) : target);
  if (!existsSync(path.join(PROJECT, file))) return `${from}: there is no ${link}`;
  const page = pages.find((one) => one.file === file);
  const isFound = anchor === undefined || (page && anchorsIn(page).includes(anchor));
  return isFound ? undefined : `${from}: ${file} has no heading for ${link}`;
}

describe('the documentation', () => {
  it('links to pages, headings and files that are there', () => {
    const faults = pages.flatMap((page) => linksIn(page).flatMap((link) => faultOf(page.file, link) ?? []));
    assert.deepEqual(faults, []);
  });

  it('is found whole from the README', () => {
    const linked = new Set(readme && linksIn(readme).map((link) => link.split('#')[0]));
    const missing = pages.filter((page) => isOfDocs(page) && !linked.has(page.file));
    assert.deepEqual(
      missing.map(({ file }) => file),
      [],
    );
  });

  it('has a README of at most 200 lines and 12,000 characters, and pages of at most 250 lines', () => {
    assert(readme && readme.text.length <= 12_000, `${readme?.text.length} characters`);
    for (const { file, text } of pages) {
      const lines = text.split('\n').length - 1;
      assert(lines <= (file === 'README.md' ? 200 : 250), `${file} has ${lines} lines`);
    }
  });

  it('says on top of each page what its reader can do afterwards', () => {
    for (const { file, prose } of pages.filter(isOfDocs)) {
      const [, first = ''] = prose.split('\n\n');
      assert.match(first, /^After this page /, `${file} begins with it`);
    }
  });
});
