import type { IncomingMessage } from 'node:http';
import { ApiError, errorOfStatus } from './api-error.ts';
import { STATUS_MESSAGE } from './messages.ts';
import type { Message } from './protobuf.ts';
import { PROTOBUF, readObject } from './protobuf-body.ts';

/** A page of 500 nodes is some 10 MB; nothing here asks for more at once. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

const tooLarge = () =>
  new ApiError(undefined, 'TooLarge', 'the answer is larger than anything asked for');

/** The whole body as text; rejects when the server breaks off before its end. */
export async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of bounded(response)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

async function* bounded(response: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let length = 0;
  for await (const chunk of response) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) throw tooLarge();
    yield chunk;
  }
}

/**
 * The lines of a body as they arrive, without empty ones. Rejects when the server breaks off
 * (node:readline would just never end then).
 */
export async function* readLines(response: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_ANSWER_BYTES) throw tooLarge();
    yield* lines.filter((line) => line !== '');
  }
  if (rest !== '') yield rest;
}

/** The texts of `299 - "text"`, with quotes and backslashes escaped. Source: RFC 7234, section 5.5. */
export const warningsOf = ({ headersDistinct }: IncomingMessage): string[] =>
  (headersDistinct.warning ?? []).map((warning) => {
    const [, text] = /^\d{3} \S+ "(.*)"$/s.exec(warning) ?? [];
    return text?.replaceAll(/\\(.)/gs, '$1') ?? warning;
  });

export function parseAnswer(status: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(status, 'Unreadable', 'the answer is not valid JSON');
  }
}

/** The object that was answered: of one in protobuf these fields alone. Rejects with ApiError. */
export async function readAnswer(
  response: IncomingMessage,
  message: Message | undefined,
): Promise<unknown> {
  const { statusCode = 0, headers } = response;
  if (!message || headers['content-type']?.startsWith(PROTOBUF) !== true) {
    return parseAnswer(statusCode, await readText(response));
  }
  try {
    return await readObject(bounded(response), message);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ApiError(statusCode, 'Unreadable', 'the answer is not valid protobuf');
  }
}

/** A refused call: the server's `Status`, or the text of a proxy in between. */
export async function readError(response: IncomingMessage): Promise<ApiError> {
  const { statusCode = 0, headers } = response;
  const retryAfter = headers['retry-after'];
  try {
    return errorOfStatus(statusCode, await readAnswer(response, STATUS_MESSAGE), retryAfter);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // A page of a proxy is not worth quoting.
    return errorOfStatus(statusCode, undefined, retryAfter);
  }
}
