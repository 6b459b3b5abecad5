import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** Decides by a file's contents whether to run it. */

/** `e_machine` by Node's name of the architecture. Source: the System V ABI's register. */
const MACHINES: Readonly<Record<string, number>> = { x64: 62, arm64: 183 };
const ELF_64_LITTLE_ENDIAN = Buffer.from('\u007fELF\u0002\u0001', 'latin1');
const HEADER_BYTES = 20;

/** Every plugin reads this variable; apart from plugins only container runtimes know its name. */
const MARK = Buffer.from('CNI_COMMAND');
const CHUNK_BYTES = 1 << 20;
const MAX_BYTES = 256 * CHUNK_BYTES;

/**
 * Why the file at `path` is better not run, or undefined for a CNI plugin built for this machine.
 *
 * Everyone who is root on the node can put files there; other files (a copied kubectl, an installer,
 * a script that sets up the node) may do anything when started without arguments. So only a program
 * that reads CNI_COMMAND is run: a plugin without that variable prints its name and version and does
 * nothing else. Scripts are not run: they do not tell a release, and the image has no interpreter.
 * Programs of another architecture are not run either, as the C library hands what the kernel refuses
 * to a shell. What is run has only the rights of the probe's container.
 */
export async function reasonNotToRun(
  path: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  let file: FileHandle;
  try {
    // A FIFO that took the place of the file must not hold the probe up.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return `not readable (${(error as NodeJS.ErrnoException).code})`;
  }
  try {
    if (!(await file.stat()).isFile()) return 'not a file';
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    if (bytesRead < HEADER_BYTES || buffer.indexOf(ELF_64_LITTLE_ENDIAN) !== 0) {
      return 'not a program';
    }
    if (buffer.readUInt16LE(18) !== MACHINES[process.arch]) return 'another architecture';
    if (await mentions(file, MARK, signal)) return undefined;
    return signal.aborted ? 'no time left' : 'not a CNI plugin';
  } catch (error) {
    return `not readable (${(error as NodeJS.ErrnoException).code})`;
  } finally {
    await file.close();
  }
}

/** Whether `mark` stands in the first MAX_BYTES of `file`; a chunk's end may not hide it. */
async function mentions(file: FileHandle, mark: Buffer, signal: AbortSignal): Promise<boolean> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let kept = 0;
  for (let position = 0; position < MAX_BYTES && !signal.aborted;) {
    const { bytesRead } = await file.read(buffer, kept, buffer.length - kept, position);
    if (bytesRead === 0) return false;
    const end = kept + bytesRead;
    if (buffer.subarray(0, end).includes(mark)) return true;
    kept = Math.min(mark.length - 1, end);
    buffer.copyWithin(0, end - kept, end);
    position += bytesRead;
  }
  return false;
}
