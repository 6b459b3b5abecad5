import type { IncomingMessage } from 'node:http';
import { type RequestOptions, request as httpsRequest } from 'node:https';
import { createInterface } from 'node:readline';
import type { KubeConfig } from '@kubernetes/client-node';
import { shortened } from '../core/text.ts';

/** What the guard asks of an API server, as plain JSON: typed models cost memory and add nothing. */
export interface ApiServer {
  /** Sends one call and resolves with the answer's JSON; rejects with ApiError. */
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
  /** Until the whole answer is there; CALL_TIMEOUT_MS unless given. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface ApiWatch {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** How long the stream may say nothing; ask for bookmarks and a `timeoutSeconds` below it. */
  readonly silenceMs: number;
  readonly signal: AbortSignal;
}

export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

/** A call that failed. `message` is one bounded line; it may quote the server, never a body sent. */
export class ApiError extends Error {
  /** HTTP status; undefined when there was no answer. */
  readonly status: number | undefined;
  /** The server's `Status.reason` (`NotFound`, `Forbidden`, `Expired`), or a code such as ECONNREFUSED. */
  readonly reason: string;
  constructor(status: number | undefined, reason: string, message: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.reason = reason;
  }
}

/** An API server that has not answered by then is taken for lost. */
const CALL_TIMEOUT_MS = 20_000;
/** A page of 500 nodes is some 10 MB; nothing here asks for more at once. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const MAX_MESSAGE_LENGTH = 500;

export interface Connection {
  /** Path of a kubeconfig; otherwise KUBECONFIG, ~/.kube/config or the pod's service account. */
  readonly kubeconfig?: string | undefined;
}

/** An API server to talk to; nothing is read or dialled before the first call. */
export function connect(connection: Connection = {}): ApiServer {
  return new Client(connection);
}

/**
 * Loads the client library, which takes a second of CPU and holds up everything else meanwhile: for
 * whoever must answer the first question in time.
 */
export async function loadClient(): Promise<void> {
  await import('@kubernetes/client-node');
}

class Client implements ApiServer {
  readonly #connection: Connection;
  #config: Promise<KubeConfig> | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async call<T>({ timeoutMs = CALL_TIMEOUT_MS, signal, ...call }: ApiCall): Promise<T> {
    const deadline = AbortSignal.timeout(timeoutMs);
    const until = signal ? AbortSignal.any([signal, deadline]) : deadline;
    return this.#guarded(call, async () => {
      const response = await this.#send(call, until);
      const text = await readAll(response);
      const status = response.statusCode ?? 0;
      if (status >= 300) throw errorOf(status, text);
      return parseAnswer(status, text) as T;
    });
  }

  async *watch<T>({ path, query, silenceMs, signal }: ApiWatch): AsyncGenerator<WatchEvent<T>> {
    const call = { method: 'GET', path, query: { ...query, watch: 'true' } } as const;
    const silence = new AbortController();
    const until = AbortSignal.any([signal, silence.signal]);
    const timer = setTimeout(
      () => silence.abort(new ApiError(undefined, 'Silent', 'the watch went silent')),
      silenceMs,
    );
    try {
      const response = await this.#guarded(call, async () => {
        const answer = await this.#send(call, until);
        const status = answer.statusCode ?? 0;
        if (status !== 200) throw errorOf(status, await readAll(answer));
        return answer;
      });
      response.on('data', () => timer.refresh());
      const lines = createInterface({ input: response, crlfDelay: Infinity });
      for await (const line of lines) {
        if (line !== '') yield parseAnswer(200, line) as WatchEvent<T>;
      }
      if (silence.signal.aborted) throw silence.signal.reason as ApiError;
    } catch (error) {
      throw silence.signal.aborted ? (silence.signal.reason as ApiError) : asApiError(error);
    } finally {
      clearTimeout(timer);
      silence.abort();
    }
  }

  /** A failed connection may mean that certificates or addresses changed: they are read anew. */
  async #guarded<R>({ method, path }: ApiCall, action: () => Promise<R>): Promise<R> {
    try {
      return await action();
    } catch (error) {
      const failure = asApiError(error);
      if (failure.status === undefined || failure.status === 401) this.#config = undefined;
      throw new ApiError(failure.status, failure.reason, `${method} ${path}: ${failure.message}`);
    }
  }

  async #send(call: ApiCall, signal: AbortSignal): Promise<IncomingMessage> {
    const config = await (this.#config ??= this.#load());
    const url = new URL(`${config.getCurrentCluster()?.server ?? ''}${call.path}`);
    for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);
    const options: RequestOptions = { method: call.method, signal };
    await config.applyToHTTPSOptions(options);
    const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
    options.headers = {
      ...(options.headers as Record<string, string>),
      accept: 'application/json',
      ...(body && {
        'content-type': call.contentType ?? 'application/json',
        'content-length': body.length,
      }),
    };
    return new Promise((resolve, reject) => {
      httpsRequest(url, options, resolve).on('error', reject).end(body);
    });
  }

  async #load(): Promise<KubeConfig> {
    const { KubeConfig } = await import('@kubernetes/client-node');
    const config = new KubeConfig();
    if (this.#connection.kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(this.#connection.kubeconfig);
    return config;
  }
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) {
      response.destroy();
      throw new ApiError(undefined, 'TooLarge', 'the answer is larger than anything asked for');
    }
    chunks.push(chunk);
  }
  if (!response.complete) throw new ApiError(undefined, 'Truncated', 'the answer broke off');
  return Buffer.concat(chunks, length).toString('utf8');
}

function parseAnswer(status: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(status, 'Unreadable', 'the answer is not valid JSON');
  }
}

/** A refused call: the server's `Status`, or whatever a proxy in between said. */
function errorOf(status: number, text: string): ApiError {
  let answer: { readonly reason?: unknown; readonly message?: unknown } = {};
  try {
    answer = JSON.parse(text) as typeof answer;
  } catch {
    // A page of a proxy is not worth quoting.
  }
  const reason = typeof answer.reason === 'string' ? answer.reason : `HTTP${status}`;
  const message = typeof answer.message === 'string' ? answer.message : `status ${status}`;
  return new ApiError(status, shortened(reason, 64), shortened(message, MAX_MESSAGE_LENGTH));
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const { code, name, message } = error as NodeJS.ErrnoException;
  if (name === 'TimeoutError' || (error as { cause?: Error }).cause?.name === 'TimeoutError') {
    return new ApiError(undefined, 'Timeout', 'no answer in time');
  }
  return new ApiError(undefined, code ?? name, shortened(message, MAX_MESSAGE_LENGTH));
}
