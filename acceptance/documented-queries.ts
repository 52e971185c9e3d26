// The queries for CloudWatch Logs Insights from the documentation: the run checks what people copy.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const PROJECT = resolve(__dirname, '..');
/** The pages that may have some. */
const DOCUMENTS = ['docs/operations.md', 'README.md'];

export interface Query {
  /** The page that has it. */
  readonly file: string;
  /** The question in its first line. */
  readonly title: string;
  readonly text: string;
}

/** Throws if there are none. */
export function documentedQueries(project = PROJECT): Query[] {
  const found = DOCUMENTS.flatMap((file) =>
    queriesIn(readIfThere(join(project, file))).map((query) => ({ file, ...query })),
  );
  if (found.length > 0) return found;
  throw new Error(`there is no query after "Logs Insights" in ${DOCUMENTS.join(' or ')}`);
}

/**
 * The queries of a document: its `text` blocks between a line that names Logs Insights and the next heading. Each query
 * begins with a comment, its title, and ends at an empty line.
 */
export function queriesIn(markdown: string): Omit<Query, 'file'>[] {
  const blocks: string[] = [];
  let isAbout = false;
  let fence: 'text' | 'other' | undefined;
  for (const line of markdown.split('\n')) {
    if (line.startsWith('```')) {
      if (fence !== undefined) fence = undefined;
      else {
        fence = isAbout && line === '```text' ? 'text' : 'other';
        if (fence === 'text') blocks.push('');
      }
    } else if (fence === 'text') blocks.push(`${blocks.pop()}${line}\n`);
    else if (fence === undefined) {
      isAbout = line.includes('Logs Insights') || (isAbout && !/^#{1,6} /.test(line));
    }
  }
  return blocks
    .flatMap((block) => block.split(/\n\s*\n/))
    .flatMap((query) => {
      const [, title] = /^# (.+)/.exec(query.trim()) ?? [];
      return title === undefined ? [] : [{ title, text: query.trim() }];
    });
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
