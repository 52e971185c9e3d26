// A copy of the project, from which a run makes its stack. The user's settings files stay as they are, and the run can
// break code on purpose.
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const PROJECT = resolve(__dirname, '..');
/** Not copied: packages are linked, and the rest is not part of the program. */
const LEFT_OUT = /^(node_modules|\.git|\.bundles|\.acceptance|Pulumi\.[^/]+\.yaml)$/;

export class ProjectCopy {
  /** @param folder where the copy is or will be; settings of the stack that are there stay */
  constructor(readonly folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.restore();
    if (!existsSync(join(folder, 'node_modules'))) {
      symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
    }
  }

  /** Restores every file from the project. */
  restore(): void {
    for (const name of readdirSync(PROJECT).filter((name) => !LEFT_OUT.test(name))) {
      cpSync(join(PROJECT, name), join(this.folder, name), { recursive: true });
    }
  }

  replace(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }
}

/** Whether the project itself has settings for a stack of this name. */
export function hasSettings(stack: string): boolean {
  return existsSync(join(PROJECT, `Pulumi.${stack}.yaml`));
}
