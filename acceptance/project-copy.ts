// A copy of the project in which a run makes its stack: settings files of the user's stay as they are, and code may be
// broken on purpose.
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const PROJECT = resolve(__dirname, '..');
/** Neither copied: packages are linked, and the rest is no part of the program. */
const LEFT_OUT = /^(node_modules|\.git|\.bundles|\.acceptance|Pulumi\.[^/]+\.yaml)$/;

export class ProjectCopy {
  /** @param folder where it is, or comes to be; the settings of the stack that are there stay */
  constructor(readonly folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.restore();
    if (!existsSync(join(folder, 'node_modules'))) {
      symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
    }
  }

  /** Brings every file back to what the project has. */
  restore(): void {
    for (const name of readdirSync(PROJECT).filter((name) => !LEFT_OUT.test(name))) {
      cpSync(join(PROJECT, name), join(this.folder, name), { recursive: true });
    }
  }

  replace(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }
}

/** Whether the user has settings for a stack of this name, in the project itself. */
export function hasSettings(stack: string): boolean {
  return existsSync(join(PROJECT, `Pulumi.${stack}.yaml`));
}
