// A cgroup whose processes get a part of a CPU, as an invocation on Lambda does. It needs Linux, and the right to make one.
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';

/** Short, so that invocations of a few milliseconds are held, too. In microseconds. */
const PERIOD_US = 20_000;

const ROOT = '/sys/fs/cgroup';
const OWN = `bench-${process.pid}`;

/**
 * Makes a cgroup that gives its processes this share of one CPU, and passes its `cgroup.procs` to `work`: whoever writes a
 * process's id there holds that process. Removes the cgroup afterwards. Passes undefined where none can be made.
 */
export async function withCpuLimit<T>(
  share: number,
  work: (procs: string | undefined) => Promise<T>,
): Promise<T> {
  const folder = makeGroup(Math.round(share * PERIOD_US));
  try {
    return await work(folder && path.join(folder, 'cgroup.procs'));
  } finally {
    if (folder) rmdirSync(folder);
  }
}

function makeGroup(quotaUs: number): string | undefined {
  const isFirstVersion = existsSync(path.join(ROOT, 'cpu'));
  const folder = path.join(ROOT, isFirstVersion ? 'cpu' : '', OWN);
  try {
    mkdirSync(folder);
    try {
      if (isFirstVersion) {
        writeFileSync(path.join(folder, 'cpu.cfs_period_us'), String(PERIOD_US));
        writeFileSync(path.join(folder, 'cpu.cfs_quota_us'), String(quotaUs));
      } else {
        writeFileSync(path.join(folder, 'cpu.max'), `${quotaUs} ${PERIOD_US}`);
      }
      return folder;
    } catch {
      rmdirSync(folder);
    }
  } catch {} // not Linux, or no right to make one
  return undefined;
}
