import { readdir, readFile } from 'node:fs/promises';

/** Command lines of the running processes that name `text` in an argument (Linux: reads /proc). */
export async function processesNaming(text: string): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commandLines = await Promise.all(
    // A process may end between the listing and the reading.
    ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')),
  );
  return commandLines
    .filter((line) => line.includes(text))
    .map((line) => line.replaceAll('\0', ' ').trim());
}
