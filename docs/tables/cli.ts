// `npm run docs` writes the tables of the documentation that repeat the code. With `--check`, as in `npm run check`, it
// writes nothing, and exits 1 if a page is out of date.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { faultsTable } from './faults';
import { metricsTable } from './metrics';
import { programTables } from './program';
import { settingsTable } from './settings';
import { statusTables } from './statuses';
import { withTables } from './table';

const DOCS = path.resolve(__dirname, '..');

async function main(): Promise<boolean> {
  const isCheck = process.argv.includes('--check');
  const [ofProgram, settings] = await Promise.all([programTables(), settingsTable()]);
  const tables = [settings, ...ofProgram, metricsTable(), ...statusTables(), faultsTable()];
  let isRight = true;
  for (const name of readdirSync(DOCS).filter((file) => file.endsWith('.md'))) {
    const file = path.join(DOCS, name);
    const page = readFileSync(file, 'utf8');
    const { text, undescribed } = withTables(page, tables);
    if (text !== page && isCheck) {
      isRight = false;
      console.error(`docs/${name} is out of date: run npm run docs\n${difference(page, text)}`);
    } else if (text !== page) {
      writeFileSync(file, text);
      console.log(`docs/${name} is written`);
    }
    for (const row of undescribed) {
      isRight = false;
      console.error(`docs/${name}: describe "${row}" in the last column of its row`);
    }
  }
  return isRight;
}

/** The lines that differ. */
function difference(before: string, after: string): string {
  const [was, is] = [before.split('\n'), after.split('\n')];
  const gone = was.filter((line) => !is.includes(line)).map((line) => `- ${line}`);
  const come = is.filter((line) => !was.includes(line)).map((line) => `+ ${line}`);
  return [...gone, ...come].join('\n');
}

main().then(
  (isRight) => process.exit(isRight ? 0 : 1), // a worker still waits for another evaluation
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
