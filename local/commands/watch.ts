// Runs something when a file of the program changes: once for a burst of changes, and never twice at the same time.
import { watch } from 'chokidar';

const SETTLE_MS = 100;

/**
 * Watches paths (folders with their contents) below `folder`. Resolves when it sees every later change.
 * @param run gets the changed file; it must report its own rejection
 */
export async function watchProgram(
  folder: string,
  paths: readonly string[],
  run: (file: string) => Promise<void>,
): Promise<{ close(): Promise<void> }> {
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
  const watcher = watch([...paths], { cwd: folder, ignoreInitial: true });
  watcher.on('all', (_, file) => {
    clearTimeout(timer);
    timer = setTimeout(() => void settled(file), SETTLE_MS);
  });
  await new Promise<void>((ready) => watcher.once('ready', ready));
  return {
    async close() {
      clearTimeout(timer);
      again = undefined;
      await watcher.close();
    },
  };
}
