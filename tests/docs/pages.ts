// The documentation as its tests read it: pages, their headings, links and fenced blocks.
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';

export const PROJECT = path.resolve(__dirname, '../..');

export interface Block {
  /** Of the page, from 1. */
  readonly line: number;
  /** Such as `sh` or `ts`; empty where the fence names none. */
  readonly language: string;
  readonly text: string;
  /** The comment on the line above the fence. */
  readonly mark: string | undefined;
}

export interface Page {
  /** Relative to the project. */
  readonly file: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  /** Without what stands in blocks. */
  readonly prose: string;
}

/** README.md, CONTRIBUTING.md, SECURITY.md, CHANGELOG.md, and every page of docs/. */
export const pages: readonly Page[] = [
  ...readdirSync(PROJECT).filter((name) => name.endsWith('.md')),
  ...readdirSync(path.join(PROJECT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
].map(readPage);

export function blocksIn(page: Page, ...languages: string[]): Block[] {
  return page.blocks.filter(({ language }) => languages.includes(language));
}

/** The names by which links find the page's headings, as GitHub makes them. */
export function anchorsIn({ prose }: Page): string[] {
  return [...prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Where the links and pictures of a page lead. */
export function linksIn({ prose }: Page): string[] {
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

function readPage(file: string): Page {
  const text = readFileSync(path.join(PROJECT, file), 'utf8');
  const blocks: Block[] = [];
  const prose: string[] = [];
  let open: { line: number; language: string; indent: string; lines: string[]; mark?: string } | undefined;
  text.split('\n').forEach((line, index, lines) => {
    const [, indent = '', language = ''] = /^(\s*)```(\w*)\s*$/.exec(line) ?? [];
    const isFence = /^\s*```/.test(line);
    if (open && isFence) {
      const { lines: inside, indent: outside, ...rest } = open;
      const mark = /^\s*<!-- (.*) -->\s*$/.exec(lines[rest.line - 2] ?? '')?.[1];
      blocks.push({ ...rest, mark, text: inside.map((one) => one.slice(outside.length)).join('\n') });
      open = undefined;
    } else if (isFence) open = { line: index + 1, language, indent, lines: [] };
    else if (open) open.lines.push(line);
    else prose.push(line);
  });
  if (open) throw new Error(`${file}:${open.line}: a block that does not end`);
  return { file, text, blocks, prose: prose.join('\n') };
}
