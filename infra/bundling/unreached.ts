// Finds what nobody can call in a client library: methods, messages and remote procedures whose name occurs nowhere in the
// code that is left. A call names what it calls, so what is never named is never called.
import * as ts from 'typescript';
import { SYNTAX } from './es-module';
import { kept } from './kept';

/** A piece of a file that may be left out, with everything that belongs to it. */
interface Part {
  readonly name: string;
  readonly ranges: readonly ts.TextRange[];
  readonly names: readonly string[];
  readonly within: Part | undefined;
}

/** The parts of a file, each after the one that it is within, by its place in the list. `outside` are the names in the rest. */
interface Parts {
  readonly parts: readonly (Omit<Part, 'within'> & { readonly within: number })[];
  readonly outside: readonly string[];
}

export interface Source {
  readonly file: string;
  readonly code: string;
}

export interface Reached {
  /** The code of each file without what nobody can call. */
  readonly code: ReadonlyMap<string, string>;
  /** The names that were left out and occur nowhere in what is left. */
  readonly leftOut: ReadonlySet<string>;
}

/**
 * Leaves out of `sources` (as TypeScript compiled them, or protoc-gen-ts generated them) every part whose name occurs neither
 * in `seeds` nor in what is left of any of them.
 */
export function reach(sources: readonly Source[], seeds: Iterable<string>): Reached {
  const named = new Set(seeds);
  const files = sources.map((source) => ({ ...source, ...linked(source) }));
  for (const { outside } of files) add(named, outside);
  let waiting = files.flatMap(({ parts }) => parts);
  for (let found = true; found; ) {
    const reached = new Set(
      waiting.filter(({ name, within }) => named.has(name) && !(within && waiting.includes(within))),
    );
    for (const part of reached) add(named, part.names);
    waiting = waiting.filter((part) => !reached.has(part));
    found = reached.size > 0;
  }
  const unreached = new Set(waiting);
  return {
    code: new Map(files.map(({ file, code, parts }) => [file, without(code, parts, unreached)])),
    leftOut: new Set(waiting.map(({ name }) => name).filter((name) => !named.has(name))),
  };
}

/**
 * Every name in a piece of code, however it is used. A string that is a whole name counts, as in `client['put']`; a name that
 * is composed when the code runs cannot be seen. Comments have no names.
 */
export function namesIn(file: string, code: string): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) names.add(node.text);
    else if (ts.isStringLiteralLike(node) && /^\w+$/.test(node.text)) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, code, SYNTAX, false));
  return names;
}

/** The names of the members that a piece of code of a package calls or constructs. */
export function callsIn(file: string, code: string): readonly string[] {
  return kept(['calls', code], () => findCalls(file, code));
}

function findCalls(file: string, code: string): string[] {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    const called = ts.isCallExpression(node) || ts.isNewExpression(node) ? node.expression : undefined;
    if (called && ts.isPropertyAccessExpression(called)) names.add(called.name.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, code, SYNTAX, false));
  return [...names];
}

function linked({ file, code }: Source): { parts: Part[]; outside: readonly string[] } {
  const { parts: list, outside } = kept(['parts', code], () => partsOf({ file, code }));
  const parts: Part[] = [];
  for (const one of list) parts.push({ ...one, within: parts[one.within] });
  return { parts, outside };
}

function partsOf({ file, code }: Source): Parts {
  const parts: { name: string; ranges: ts.TextRange[]; names: Set<string>; within: number }[] = [];
  const outside = new Set<string>();
  const siblings = new Map<string, number>();

  const visit = (node: ts.Node, within: number): void => {
    const name = nameOfPart(node, code);
    if (!name) {
      if (ts.isIdentifier(node)) (parts[within]?.names ?? outside).add(node.text);
      ts.forEachChild(node, (child) => visit(child, within));
      return;
    }
    const key = ts.isStatement(node) && within < 0 ? name : undefined;
    const known = key === undefined ? undefined : siblings.get(key);
    const at = known ?? parts.push({ name, ranges: [], names: new Set(), within }) - 1;
    parts[at]?.ranges.push({ pos: node.pos, end: node.end });
    if (key !== undefined) siblings.set(key, at);
    ts.forEachChild(node, (child) => visit(child, at));
  };
  visit(ts.createSourceFile(file, code, SYNTAX, true, ts.ScriptKind.JS), -1);
  return { parts: parts.map((part) => ({ ...part, names: [...part.names] })), outside: [...outside] };
}

const OF_MESSAGE = /^(?:cache_client|control_client)\.(\w+) = \1;$|^_(\w+)_one_of_decls = new WeakMap\(\);$/;
const IN_MESSAGE = /^\(function \((\w+)\) \{[\s\S]*\}\)\(\1 = \w+\.\1 \|\| \(\w+\.\1 = \{\}\)\);$/;
const PROCEDURE = /^this\.([A-Z]\w*) = \(message, /;

/** The name that reaches a node, if the node may be left out. */
function nameOfPart(node: ts.Node, code: string): string | undefined {
  if (ts.isMethodDeclaration(node) && ts.isIdentifier(node.name) && isExportedClass(node.parent))
    return node.name.text;
  if (ts.isClassDeclaration(node) && isInNamespace(node)) return node.name?.text;
  if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name) && isService(node.parent.parent, code))
    return node.name.text;
  if (!ts.isExpressionStatement(node)) return undefined;
  const text = code.slice(node.getStart(), node.end);
  if (isInNamespace(node)) {
    const [, message, declared] = OF_MESSAGE.exec(text) ?? [];
    return message ?? declared ?? IN_MESSAGE.exec(text)?.[1];
  }
  return PROCEDURE.exec(text)?.[1];
}

/** A class of the library itself, not a generated message: its methods may be left out one by one. */
function isExportedClass(node: ts.Node): boolean {
  return ts.isClassDeclaration(node) && ts.isSourceFile(node.parent);
}

/** Whether a statement is in the outermost namespace of a generated file. */
function isInNamespace(node: ts.Node): boolean {
  const namespace = node.parent.parent;
  return (
    ts.isBlock(node.parent) &&
    ts.isFunctionExpression(namespace) &&
    ts.isSourceFile(namespace.parent.parent.parent.parent)
  );
}

function isService(node: ts.Node, code: string): boolean {
  return (
    ts.isBinaryExpression(node) &&
    code.slice(node.left.getStart(), node.left.end).endsWith('Service.definition')
  );
}

function without(code: string, parts: readonly Part[], unreached: ReadonlySet<Part>): string {
  const gone = parts
    .filter((part) => unreached.has(part))
    .flatMap(({ ranges }) => ranges)
    .sort((a, b) => a.pos - b.pos);
  let rest = '';
  let from = 0;
  for (const { pos, end } of gone) {
    if (pos < from) continue; // inside a part that is gone
    rest += code.slice(from, pos);
    // A property of an object takes its comma along.
    from = code[end] === ',' ? end + 1 : end;
  }
  return rest + code.slice(from);
}

function add(to: Set<string>, names: Iterable<string>): void {
  for (const name of names) to.add(name);
}
