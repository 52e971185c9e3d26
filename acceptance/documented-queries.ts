// The queries for CloudWatch Logs Insights, as the documentation gives them: what is checked is what people copy.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const PROJECT = resolve(__dirname, '..');
/** Where they may stand. */
const DOCUMENTS = ['docs/operations.md', 'README.md'];

export interface Query {
  /** Where it stands. */
  readonly file: string;
  /** What it answers, as its first line asks. */
  readonly title: string;
  readonly text: string;
}

/** Throws where there is none at all. */
export function documentedQueries(project = PROJECT): Query[] {
  const found = DOCUMENTS.flatMap((file) =>
    queriesIn(readIfThere(join(project, file))).map((query) => ({ file, ...query })),
  );
  if (found.length > 0) return found;
  throw new Error(`no query stands after "Logs Insights" in ${DOCUMENTS.join(' or ')}`);
}

/**
 * The queries of a document: in its blocks of `text` that come after a line which names Logs Insights, and before the next
 * heading. Each begins with a comment that is its title; an empty line ends it.
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
