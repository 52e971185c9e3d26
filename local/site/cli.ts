// `npm run site`: writes the files of an application's site to a folder, ready for any web server.
import { relative, resolve } from 'node:path';
import { applicationFolder } from '../../infra/application';
import { DEFAULT_APPLICATION, loadApplication } from '../application';
import { parseFlags, UsageError } from '../commands/flags';
import { writeSite } from './files';

const PROJECT = resolve(__dirname, '../..');

const USAGE = `Usage: npm run site -- --application FOLDER --out FOLDER

Writes the static files of an application's site: its own, and Momento's web SDK in one module.

  --application FOLDER   an application with a site, such as examples/multi-language-chat
  --out FOLDER           where to; it is made if it is not there`;

async function main(): Promise<void> {
  const flags = parseFlags(process.argv.slice(2), {
    application: { type: 'string', default: DEFAULT_APPLICATION },
    out: { type: 'string' },
    help: { type: 'boolean' },
  });
  if (flags.help) return console.log(USAGE);
  const { application: folder, out } = flags;
  if (!out) throw new UsageError('--out is missing: the folder to write to, e.g. --out dist');
  if (applicationFolder.parse(folder) === undefined)
    throw new UsageError(`--application is "${folder}", allowed: ${applicationFolder.allowed}`);
  const { site } = loadApplication(PROJECT, folder);
  if (!site) throw new UsageError(`${folder} has no site; one that has: examples/multi-language-chat`);
  const names = await writeSite(site.folder, out);
  for (const name of names) console.log(relative('', resolve(out, name)));
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
