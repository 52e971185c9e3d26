// Runs something when a file of the program changes: once for a burst of changes, and never twice at the same time.
import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import { dirname, join, sep } from 'node:path';

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
  const watching = watchFolders(folder, paths, (file) => {
    clearTimeout(timer);
    timer = setTimeout(() => void settled(file), SETTLE_MS);
  });
  return {
    close() {
      watching.close();
      clearTimeout(timer);
      again = undefined;
    },
  };
}

/**
 * One watch a folder, none of them recursive, and none on a file: on Linux those lose a file that another one is moved
 * in the place of, which is how many editors save.
 */
function watchFolders(
  folder: string,
  paths: readonly string[],
  changed: (file: string) => void,
): { close(): void } {
  const watchers = new Map<string, FSWatcher>();

  const watchOne = (path: string, concerns: (entry: string) => boolean) =>
    watch(join(folder, path), (event, name) => {
      const entry = name === null ? path : join(path, name);
      if (!concerns(entry)) return;
      if (event === 'rename') watchAnew(entry); // it came, it went, or it is another one now
      changed(entry);
    });
  const watchTree = (path: string) => {
    watchers.set(
      path,
      watchOne(path, () => true),
    );
    for (const entry of readdirSync(join(folder, path), { withFileTypes: true })) {
      if (entry.isDirectory()) watchAnew(join(path, entry.name));
    }
  };
  const watchAnew = (path: string) => {
    for (const [known, watcher] of watchers) {
      if (known !== path && !known.startsWith(path + sep)) continue;
      watcher.close();
      watchers.delete(known);
    }
    try {
      if (statSync(join(folder, path)).isDirectory()) watchTree(path);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  };

  const parents = [...new Set(paths.map((path) => dirname(path)))].map((parent) =>
    watchOne(parent, (entry) => paths.includes(entry)),
  );
  for (const path of paths) watchAnew(path);
  return {
    close() {
      for (const watcher of [...parents, ...watchers.values()]) watcher.close();
    },
  };
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
