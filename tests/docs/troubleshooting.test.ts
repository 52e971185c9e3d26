// Every error that is meant for a person is on the page that says what to do about it.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';
import { PROJECT, pages } from './pages';

/** By the class of the error: which argument is its message. What AWS or Momento would say is not among them. */
const MESSAGE: ReadonlyMap<string, number> = new Map([
  ['RunError', 0],
  ['UsageError', 0],
  ['InvalidFault', 0],
  ['StepFailed', 1],
  ['mistake', 1],
]);
const FOLDERS = ['infra', 'local', 'verify'];
/** A shorter piece would be found anywhere. */
const LEAST = 10;

interface Told {
  readonly place: string;
  /** What is the same each time. */
  readonly pieces: readonly string[];
}

const told: readonly Told[] = FOLDERS.flatMap((folder) =>
  readdirSync(path.join(PROJECT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => errorsIn(path.join(folder, file))),
);

function errorsIn(file: string): Told[] {
  const found: Told[] = [];
  const source = ts.createSourceFile(
    file,
    readFileSync(path.join(PROJECT, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) || ts.isCallExpression(node)) {
      const index = MESSAGE.get(node.expression.getText().split('.').at(-1) ?? '');
      const message = index === undefined ? undefined : node.arguments?.[index];
      const pieces = message ? piecesOf(message).filter((piece) => piece.length >= LEAST) : [];
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      if (pieces.length > 0) found.push({ place: `${file}:${line + 1}`, pieces });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function piecesOf(node: ts.Node): string[] {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node)) {
    return [
      node.head.text,
      ...node.templateSpans.flatMap(({ expression, literal }) => [...piecesOf(expression), literal.text]),
    ];
  }
  if (ts.isBinaryExpression(node)) return [...piecesOf(node.left), ...piecesOf(node.right)];
  if (ts.isConditionalExpression(node)) return [...piecesOf(node.whenTrue), ...piecesOf(node.whenFalse)];
  return [];
}

describe('the page on troubleshooting', () => {
  it('has every error that the program and its commands tell a person', () => {
    const page = pages.find(({ file }) => file === 'docs/troubleshooting.md');
    const known = page?.text.replaceAll(/\s+/g, ' ') ?? '';
    // A message may be shortened there to the words by which it is found.
    const isKnown = (piece: string) => {
      const words = piece.trim().split(/\s+/);
      return words.some((_, at) => {
        const part = words.slice(at, at + 3).join(' ');
        return part.length >= LEAST && known.includes(part.replace(/[:;,.]$/, ''));
      });
    };
    assert(told.length > 25, `${told.length} errors are found`);
    assert.deepEqual(
      told.filter(({ pieces }) => !pieces.some(isKnown)),
      [],
    );
  });
});
