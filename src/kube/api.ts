import type { IncomingMessage } from 'node:http';
import { type RequestOptions, request as httpsRequest } from 'node:https';
import { parseAnswer, readAnswer, readError, readLines, readText, warningsOf } from './answer.ts';
import { ApiError, NO_CREDENTIALS, asApiError } from './api-error.ts';
import type { Credentials } from './credentials.ts';
import type { Connection } from './kubeconfig.ts';
import type { Message } from './protobuf.ts';
import { PROTOBUF } from './protobuf-body.ts';

export { ApiError, NO_CREDENTIALS, unlessMissing } from './api-error.ts';
export type { Connection } from './kubeconfig.ts';

/** What the guard asks of an API server, as plain JSON: typed models cost memory and add nothing. */
export interface ApiServer {
  /** Sends one call and resolves with the answer's JSON, or its text; rejects with ApiError. */
  call<T>(call: ApiCall): Promise<T>;
  /**
   * Opens a watch and yields its events until the server ends it. Rejects with ApiError: when the
   * call is refused, when the stream breaks, and when it is silent for `silenceMs`.
   */
  watch<T>(watch: ApiWatch): AsyncIterable<WatchEvent<T>>;
}

export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the root: `/api/v1/namespaces/kube-system/configmaps/eni-config`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** `application/json` unless given; a PATCH needs one of its own. */
  readonly contentType?: string;
  /** The form of the answer; `application/json` unless given. */
  readonly accept?: string;
  /** What is read of the answer where it comes in protobuf, which is then asked for before JSON. */
  readonly protobuf?: Message;
  /** From the call until the whole answer is there; CALL_TIMEOUT_MS unless given. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Told the texts of the warnings that came with the answer. */
  readonly onWarnings?: (warnings: readonly string[]) => void;
}

export interface ApiWatch {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** How long the stream may go without an event; ask for bookmarks and a `timeoutSeconds` below it. */
  readonly silenceMs: number;
  readonly signal: AbortSignal;
  /** Called when the server has accepted the watch, which may have nothing to say for long. */
  readonly opened?: () => void;
}

export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

/** `accept` of a call whose answer is text, as a log is; API servers know no `text/plain` there. */
export const PLAIN_TEXT = 'application/json, */*';

const JSON_TYPE = 'application/json';

/** An API server that has not answered by then is taken for lost. */
const CALL_TIMEOUT_MS = 20_000;

/** An API server to talk to; nothing is read or dialled before the first call. */
export function connect(connection: Connection = {}): ApiServer {
  return new Client(connection);
}

/**
 * Loads the Kubernetes client, which blocks the process for a moment: a server does so before its
 * first review, which might be late otherwise.
 */
export async function loadClient(): Promise<void> {
  await import('./credentials.ts');
}

class Client implements ApiServer {
  readonly #connection: Connection;
  #credentials: Promise<Credentials> | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async call<T>({ timeoutMs = CALL_TIMEOUT_MS, signal, ...call }: ApiCall): Promise<T> {
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      const until = signal ? AbortSignal.any([signal, deadline]) : deadline;
      return (await unlessAborted(this.#exchange(call, until), until)) as T;
    } catch (error) {
      const late = new ApiError(undefined, 'Timeout', `no whole answer within ${timeoutMs} ms`);
      throw this.#failure(call, deadline.aborted ? late : (calledOff(signal) ?? error));
    }
  }

  async #exchange(call: ApiCall, signal: AbortSignal): Promise<unknown> {
    const response = await this.#send(call, signal);
    if ((response.statusCode ?? 0) >= 300) throw await readError(response);
    const { accept, protobuf } = call;
    const answer = await (accept === PLAIN_TEXT
      ? readText(response)
      : readAnswer(response, protobuf));
    call.onWarnings?.(warningsOf(response));
    return answer;
  }

  async *watch<T>(watch: ApiWatch): AsyncGenerator<WatchEvent<T>> {
    const { path, query, silenceMs, signal, opened } = watch;
    const call = { method: 'GET', path, query: { ...query, watch: 'true' } } as const;
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(), silenceMs);
    try {
      const response = await this.#send(call, AbortSignal.any([signal, silence.signal]));
      const status = response.statusCode ?? 0;
      if (status !== 200) throw await readError(response);
      opened?.();
      for await (const line of readLines(response)) {
        // Only a whole event counts: partial data is no sign of life.
        timer.refresh();
        yield parseAnswer(status, line) as WatchEvent<T>;
      }
    } catch (error) {
      const silent = new ApiError(undefined, 'Silent', `no event for ${silenceMs} ms`);
      throw this.#failure(call, silence.signal.aborted ? silent : (calledOff(signal) ?? error));
    } finally {
      clearTimeout(timer);
      // When the reader stops half-way, the connection is closed.
      silence.abort();
    }
  }

  /** A failed connection may mean that certificates or addresses changed: they are read anew. */
  #failure({ method, path }: ApiCall, error: unknown): ApiError {
    const { status, reason, message, hints } = asApiError(error);
    if (status === undefined || status === 401) this.#credentials = undefined;
    const isAboutCall = reason !== NO_CREDENTIALS;
    const told = isAboutCall ? `${method} ${path}: ${message}` : message;
    return new ApiError(status, reason, told, hints);
  }

  async #readCredentials(): Promise<Credentials> {
    // The Kubernetes client comes with it, which takes 30 MB and is of no use without a cluster.
    const { readCredentials } = await import('./credentials.ts');
    return readCredentials(this.#connection);
  }

  async #send(call: ApiCall, signal: AbortSignal): Promise<IncomingMessage> {
    const credentials = await (this.#credentials ??= this.#readCredentials());
    const url = new URL(`${credentials.url}${call.path}`);
    for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);
    const options: RequestOptions = { method: call.method, signal };
    await credentials.sign(options);
    const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
    options.headers = {
      ...(options.headers as Record<string, string>),
      accept: acceptOf(call),
      ...(body && {
        'content-type': call.contentType ?? JSON_TYPE,
        'content-length': body.length,
      }),
    };
    return new Promise((resolve, reject) => {
      httpsRequest(url, options, resolve).on('error', reject).end(body);
    });
  }
}

function acceptOf({ accept = JSON_TYPE, protobuf }: ApiCall): string {
  return protobuf ? `${accept.replace(JSON_TYPE, PROTOBUF)},${accept}` : accept;
}

/** What `work` comes to, unless the signal aborts first: no signal ends the reading of credentials. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(asApiError(signal.reason));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** An abort in mid-answer looks like a server that broke off. */
function calledOff(signal: AbortSignal | undefined): ApiError | undefined {
  return signal?.aborted ? new ApiError(undefined, 'Aborted', 'called off') : undefined;
}
