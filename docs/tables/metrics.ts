// What the handlers count and measure. It is read from the sources of each entry and its imports.
import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';
import type { Table } from './table';

const HANDLERS = path.resolve(__dirname, '../../handlers');
/** The entries, which are the values of the dimension `service`. */
const SERVICES = ['webhook', 'redrive', 'publisher', 'tokens', 'relay'];
/** The functions of handlers/adapters/metrics.ts, and `count` of the relay's report. */
const UNITS: ReadonlyMap<string, string> = new Map([
  ['count', 'Count'],
  ['countReason', 'Count, by `reason`'],
  ['measured', 'Milliseconds'],
  ['timed', 'Milliseconds'],
]);

export function metricsTable(): Table {
  const rows = SERVICES.flatMap((service) => {
    const units = new Map<string, string>();
    for (const file of filesOf(path.join(HANDLERS, `${service}.ts`))) collect(file, units);
    if (units.size === 0) throw new Error(`nothing in handlers/${service}.ts counts anything`);
    const sorted = [...units].sort(([a], [b]) => (a < b ? -1 : 1));
    return sorted.map(([metric, unit]) => [service, `\`${metric}\``, unit]);
  });
  return { name: 'metrics', columns: ['service', 'metric', 'unit'], rows, prose: 'what it tells', named: 2 };
}

/** A file of the project and all project files that it imports, statically or dynamically. */
function filesOf(entry: string, found = new Set<string>()): Set<string> {
  if (found.has(entry)) return found;
  found.add(entry);
  const text = readFileSync(entry, 'utf8');
  const specifiers = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
  for (const specifier of specifiers.filter((one) => one.startsWith('.'))) {
    const target = path.resolve(path.dirname(entry), specifier);
    const file = [`${target}.ts`, path.join(target, 'index.ts')].find(existsSync);
    if (file) filesOf(file, found);
  }
  return found;
}

/** Adds the metrics of one file: `count('Stored')`, `timed('StoreLatency', …)`, `counts: { done: 'Published' }`. */
function collect(file: string, units: Map<string, string>): void {
  const add = (node: ts.Node, unit: string) => {
    if (ts.isStringLiteral(node)) units.set(node.text, unit);
    else if (ts.isConditionalExpression(node))
      for (const one of [node.whenTrue, node.whenFalse]) add(one, unit);
    else if (ts.isObjectLiteralExpression(node)) {
      for (const one of node.properties) if (ts.isPropertyAssignment(one)) add(one.initializer, unit);
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const unit = UNITS.get(node.expression.getText().split('.').at(-1) ?? '');
      const [first] = node.arguments;
      if (unit && first) add(first, unit);
    }
    if (ts.isPropertyAssignment(node) && node.name.getText() === 'counts') add(node.initializer, 'Count');
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true));
}
