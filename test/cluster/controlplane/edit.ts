import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import type { CommandOptions, ControlPlane } from './control-plane.ts';
import type { Output } from '../../support/output.ts';

const editorScript = fileURLToPath(new URL('editor.ts', import.meta.url));

/** What a person does in the opened editor: saves another text, or quits without a change. */
export type EditStep = ((opened: string) => string) | 'quit';

/** The outcome of `kubectl edit`. */
export interface EditOutput extends Output {
  /** Text of the file at each opening of the editor, in order. */
  readonly openings: readonly string[];
}

/**
 * Runs the real `kubectl edit` with a scripted editor, one step for each opening.
 *
 * kubectl opens the editor again for as long as it dislikes what was saved, so an opening without a
 * step left ends kubectl and rejects with the text it showed. A step that throws does so too. Fewer
 * openings than steps is no error: look at `openings`.
 *
 * @param args what follows `kubectl edit`, e.g. `['configmap', 'eni-config', '-n', 'kube-system']`
 */
export async function kubectlEdit(
  plane: Pick<ControlPlane, 'dir' | 'kubectl'>,
  args: readonly string[],
  steps: readonly EditStep[],
  options: CommandOptions = {},
): Promise<EditOutput> {
  const openings: string[] = [];
  const failures: Error[] = [];

  const socket = join(plane.dir, `${randomUUID().slice(0, 8)}.sock`);
  const server = await listen(socket, async (connection) => {
    try {
      await takeStep(await text(connection), steps, openings);
      connection.end('done');
    } catch (error) {
      failures.push(error as Error);
      connection.destroy();
    }
  });
  try {
    // Node 22 warns on stderr that it strips types.
    const editor = [process.execPath, '--no-warnings', editorScript, socket]
      .map(shellQuoted)
      .join(' ');
    const env = { ...options.env, KUBE_EDITOR: editor };
    const output = await plane.kubectl(['edit', ...args], { ...options, env });
    const [failure] = failures;
    if (failure !== undefined) throw failure;
    return { ...output, openings };
  } finally {
    server.close();
  }
}

async function takeStep(
  file: string,
  steps: readonly EditStep[],
  openings: string[],
): Promise<void> {
  const opened = await readFile(file, 'utf8');
  const step = steps[openings.length];
  openings.push(opened);
  if (step === undefined) {
    throw new Error(
      `kubectl edit opened the editor ${String(openings.length)} times for ` +
        `${String(steps.length)} steps; the last time it showed:\n${opened}`,
    );
  }
  if (step !== 'quit') await writeFile(file, step(opened));
}

async function listen(
  socket: string,
  onConnection: (connection: Socket) => Promise<void>,
): Promise<Server> {
  // Half-open: the editor ends its side after the file's path and then waits for the answer.
  const server = createServer({ allowHalfOpen: true }, (connection) => {
    connection.on('error', () => undefined);
    void onConnection(connection);
  });
  server.listen(socket);
  await once(server, 'listening');
  return server;
}

// Given a quote, kubectl hands the editor's command line to a shell.
function shellQuoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
