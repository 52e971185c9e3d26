import assert from 'node:assert/strict';
import * as path from 'node:path';
import * as ts from 'typescript';
import { parse } from 'yaml';
import { blocksIn, PROJECT, pages } from './pages';

/** By the name of the file that each would be: where it stands. */
const snippets = new Map(
  pages.flatMap((page) =>
    blocksIn(page, 'ts', 'js', 'tsx', 'jsx').map(({ language, line, text }) => {
      const name = `snippet-${page.file.replaceAll(/\W/g, '-')}-${line}.${language}`;
      return [path.join(PROJECT, name), { text, place: `${page.file}:${line}` }] as const;
    }),
  ),
);

/** All in one program: what takes the time is to load the packages' types. */
function complaints(): string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowJs: true,
    checkJs: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    moduleDetection: ts.ModuleDetectionKind.Force,
    types: ['node'],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (file) => snippets.has(file) || fileExists(file);
  host.readFile = (file) => snippets.get(file)?.text ?? readFile(file);
  host.getSourceFile = (file, version, ...more) => {
    const snippet = snippets.get(file);
    return snippet
      ? ts.createSourceFile(file, snippet.text, version, true)
      : getSourceFile(file, version, ...more);
  };
  const program = ts.createProgram([...snippets.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const { line = 0 } = file?.getLineAndCharacterOfPosition(start) ?? {};
    const place = file && snippets.get(file.fileName)?.place;
    return `${place}, its line ${line + 1}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}

describe("the documentation's snippets of code", () => {
  it('pass TypeScript’s strict checks as they stand', function () {
    this.timeout(120_000);
    assert(snippets.size > 0);
    assert.deepEqual(complaints(), []);
  });

  it('are JSON and YAML where they say so', () => {
    for (const page of pages) {
      for (const { text } of blocksIn(page, 'json')) assert.doesNotThrow(() => JSON.parse(text), page.file);
      for (const { text } of blocksIn(page, 'yaml')) assert.doesNotThrow(() => parse(text), page.file);
    }
  });
});
