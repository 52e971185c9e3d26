// A function's archive: its files, and the one with its handler.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DeclaredFunction } from '../declared';

export interface Unpacked {
  /** the folder of the files */
  task: string;
  /** the path of the file with the handler */
  file: string;
  /** the handler's name in it */
  exportName: string;
}

/** Writes the files into a new folder, as Lambda does under /var/task. Throws if there is none with the handler. */
export function unpack(declared: DeclaredFunction, into: string): Unpacked {
  const { name, files } = declared;
  const { module, exportName } = handlerOf(declared);
  const task = mkdtempSync(join(into, `${name}-`));
  for (const [path, content] of Object.entries(files)) {
    const target = join(task, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
  return { task, file: join(task, module), exportName };
}

/** The archive's file with the function's handler, and the handler's name in it. Throws if there is no such file. */
export function handlerOf({ name, files, handler }: DeclaredFunction): {
  module: string;
  exportName: string;
} {
  const dot = handler.lastIndexOf('.');
  const module = ['.js', '.mjs', '.cjs']
    .map((end) => handler.slice(0, dot) + end)
    .find((path) => Object.hasOwn(files, path));
  if (dot < 0 || !module)
    throw new Error(`function ${name}: its archive has no file for the handler ${handler}`);
  return { module, exportName: handler.slice(dot + 1) };
}
