// What somebody is told by `npm run check` whose application does not fit.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as ts from 'typescript';

const PROJECT = resolve(__dirname, '../..');
/** A folder in it is three levels below the project, as the imports above are written. */
const BESIDE = join(PROJECT, 'node_modules/.cache');
const FILES = {
  'handler.ts': `import type { EventHandler } from '../../../handlers/core/event-handler';
export const eventHandler: EventHandler<{ comment: string }> = { store: async () => {} };
`,
  'infra.ts': `import { applicationInfra } from '../../../infra/application';
export const infra = applicationInfra({
  configure: (settings) => ({ days: settings.optional('days', { parse: Number, allowed: 'a number' }) }),
  declare: ({ hours }) => ({ environment: { DAYS: String(hours) } }),
});
`,
  'local.ts': `import type { LocalApplication } from '../../../local/application';
export const local: LocalApplication = { placeName: 'room', example: { comment: 'nobody wrote this' } };
`,
  'message.ts': `import { defineMessage } from '../../../handlers/core/message';
import { writtenText } from '../../../handlers/core/message-fields';
export const message = defineMessage({ comment: writtenText }, { longest: 'text' });
`,
};

describe('an application that does not fit', () => {
  const told = new Map<string, string>();

  let folder: string;

  before(function () {
    this.timeout(120_000);
    mkdirSync(BESIDE, { recursive: true });
    folder = mkdtempSync(join(BESIDE, 'application-'));
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
    const { config } = ts.readConfigFile(join(PROJECT, 'tsconfig.json'), ts.sys.readFile);
    // In place of the types of @pulumi/aws, which take longer to read than all others, and which no application here names.
    const noTypes = join(folder, 'no-types.d.ts');
    writeFileSync(noTypes, 'export {};\n');
    const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, PROJECT);
    const program = ts.createProgram(
      Object.keys(FILES).map((name) => join(folder, name)),
      { ...options, paths: { '@pulumi/aws': [noTypes] } },
    );
    for (const name of Object.keys(FILES)) {
      const source = program.getSourceFile(join(folder, name));
      const messages = program
        .getSemanticDiagnostics(source)
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
      told.set(name, messages.join('\n'));
    }
  });
  after(() => rmSync(folder, { recursive: true }));

  it('is told which member its handler has that no event handler has', () => {
    assert.match(told.get('handler.ts') ?? '', /'store' does not exist in type 'EventHandler</);
  });

  it('is told which setting it declares with, but does not read', () => {
    assert.match(
      told.get('infra.ts') ?? '',
      /Property 'hours' does not exist on type '\{ days: number \| undefined; \}'/,
    );
  });

  it('is told what its local half lacks', () => {
    assert.match(
      told.get('local.ts') ?? '',
      /'userId' is missing|missing the following properties from type 'LocalApplication'/,
    );
  });

  it('is told that the longest field is none of its message', () => {
    assert.match(told.get('message.ts') ?? '', /'"text"' is not assignable to type '"comment"'/);
  });
});
