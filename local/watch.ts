// Runs something when a file of the program changes: once for a burst of changes, and never twice at the same time.
import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';

const SETTLE_MS = 100;

/**
 * Watches paths (folders with all that is in them) below `folder`.
 * @param run gets the changed file; its rejection is its own to tell of
 */
export function watchProgram(
  folder: string,
  paths: readonly string[],
  run: (file: string) => Promise<void>,
): { close(): void } {
  let timer: NodeJS.Timeout | undefined;
  let running = false;
  let again: string | undefined;

  const settled = async (file: string) => {
    if (running) {
      again = file;
      return;
    }
    running = true;
    await run(file).catch(() => {});
    running = false;
    if (again === undefined) return;
    const next = again;
    again = undefined;
    await settled(next);
  };
  const changed = (file: string) => {
    clearTimeout(timer);
    timer = setTimeout(() => void settled(file), SETTLE_MS);
  };
  const watchers: FSWatcher[] = paths.map((path) =>
    watch(join(folder, path), { recursive: true }, (_, name) => changed(name ? join(path, name) : path)),
  );
  return {
    close() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}
