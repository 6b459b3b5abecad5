import { mkdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const HEARTBEAT_MS = 2_000;
const STALE_AFTER_MS = 30_000;

/**
 * Runs `work` while holding the lock `path` (a folder), so that two processes do not build the same
 * thing side by side. `onWait` is called once when another process holds it.
 *
 * The holder shows that it lives by touching the lock: a process id would mean nothing in another
 * container that shares the cache. Two takers of one stale lock may, rarely, both get through; they
 * lose time, not correctness, because finished files are renamed into place.
 */
export async function withBuildLock<T>(
  path: string,
  onWait: () => void,
  work: () => Promise<T>,
): Promise<T> {
  for (let waits = 0; !(await tryLock(path)); waits += 1) {
    if (waits === 0) onWait();
    await sleep(HEARTBEAT_MS);
    await removeIfStale(path);
  }
  const heartbeat = setInterval(() => void touch(path), HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await rm(path, { recursive: true, force: true });
  }
}

async function tryLock(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
}

async function removeIfStale(path: string): Promise<void> {
  const lock = await stat(path).catch(() => undefined);
  if (lock === undefined || Date.now() - lock.mtimeMs < STALE_AFTER_MS) return;
  // Only one of several waiters can rename it away.
  const aside = `${path}.stale-${String(process.pid)}`;
  await rename(path, aside).catch(() => undefined);
  await rm(aside, { recursive: true, force: true });
}
