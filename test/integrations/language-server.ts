import { spawn } from 'node:child_process';
import { Buffer } from 'node:buffer';
import { pathToFileURL } from 'node:url';
import type { Test } from 'tap';
import { before } from '../support/deadline.ts';
import { languageServer } from './tools.ts';

/** What the server says of a place; lines and characters count from 0. */
export interface Diagnostic {
  readonly message: string;
  readonly range: { readonly start: { readonly line: number; readonly character: number } };
}

interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: unknown;
}

const PATIENCE_SECONDS = 60;

/**
 * Starts yaml-language-server without an editor, in a folder and with its settings. What is returned
 * opens a file and resolves with the diagnostics that the server publishes of it.
 */
export async function startLanguageServer(
  t: Test,
  folder: string,
  settings: object,
): Promise<(path: string, text: string) => Promise<readonly Diagnostic[]>> {
  // tap gives each process a loader, with which this server can't be loaded.
  const plain = ['-u', 'NODE_OPTIONS', process.execPath];
  const server = spawn('env', [...plain, await languageServer(), '--stdio'], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.teardown(() => server.kill('SIGKILL'));
  const waiting = new Map<string, (diagnostics: readonly Diagnostic[]) => void>();

  const send = (content: object) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...content });
    server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  const receive = ({ id, method, params }: Message) => {
    if (method === 'textDocument/publishDiagnostics') {
      const { uri, diagnostics } = params as { uri: string; diagnostics: readonly Diagnostic[] };
      waiting.get(uri)?.(diagnostics);
    } else if (method === 'workspace/configuration') {
      const { items } = params as { items: readonly { readonly section: string }[] };
      send({ id, result: items.map(({ section }) => (section === 'yaml' ? settings : {})) });
    } else if (method !== undefined && id !== undefined) {
      send({ id, result: null });
    }
  };
  let unread = Buffer.alloc(0);
  server.stdout.on('data', (bytes: Buffer) => {
    unread = Buffer.concat([unread, bytes]);
    for (;;) {
      const header = /^Content-Length: (\d+)\r\n(?:[^\r\n]+\r\n)*\r\n/.exec(
        unread.toString('latin1'),
      );
      const [head = ''] = header ?? [];
      const end = head.length + Number(header?.[1]);
      if (!header || unread.length < end) return;
      receive(JSON.parse(unread.subarray(head.length, end).toString()) as Message);
      unread = unread.subarray(end);
    }
  });

  const uri = pathToFileURL(folder).href;
  send({
    id: 1,
    method: 'initialize',
    params: {
      processId: process.pid,
      rootUri: uri,
      workspaceFolders: [{ uri, name: 'tests' }],
      capabilities: { workspace: { configuration: true, workspaceFolders: true } },
    },
  });
  send({ method: 'initialized', params: {} });
  send({ method: 'workspace/didChangeConfiguration', params: { settings: { yaml: settings } } });

  return async (path, text) => {
    const { href } = pathToFileURL(path);
    const published = new Promise<readonly Diagnostic[]>((resolve) => waiting.set(href, resolve));
    const textDocument = { uri: href, languageId: 'yaml', version: 1, text };
    send({ method: 'textDocument/didOpen', params: { textDocument } });
    return before(PATIENCE_SECONDS, `diagnostics of ${path}`, published);
  };
}
