import { Readable, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

/**
 * An audit log has a line for each request to the API server, of which one in thousands is about
 * eni-config. Lines are told apart by bytes: turning all of them into text and JSON takes many times
 * as long.
 */

/** The guarded object's name. A deleted collection may not name what was in it. */
const NEEDLES = ['eni-config', '"deletecollection"'].map((text) => Buffer.from(text));
const LINE_FEED = 10;

/** An event holds at most two objects, and the API server takes 3 MB at most. */
const MAX_LINE_BYTES = 32 * 1024 * 1024;

/** What was read so far. */
export interface LineCount {
  lines: number;
  /** The first line, cut short, by which a file that is no audit log is recognized. */
  first: string | undefined;
}

/** The log has a line that no API server writes. */
class LineTooLongError extends Error {
  constructor() {
    super(`a line has more than ${MAX_LINE_BYTES} bytes`);
    this.name = 'LineTooLongError';
  }
}

/**
 * The lines of a log, plain or in gzip, that may be about eni-config; `count` counts all. Rejects when
 * the log can't be read to its end, and with LineTooLongError.
 */
export async function* candidateLines(
  source: AsyncIterable<Buffer>,
  count: LineCount,
): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of unzipped(source)) {
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = data.lastIndexOf(LINE_FEED) + 1;
    yield* linesIn(data.subarray(0, end), count);
    rest = data.subarray(end);
    if (rest.length > MAX_LINE_BYTES) throw new LineTooLongError();
  }
  if (rest.length > 0) yield* linesIn(Buffer.concat([rest, Buffer.from('\n')]), count);
}

/** `data` is whole lines. */
function* linesIn(data: Buffer, count: LineCount): Generator<string> {
  if (data.length === 0) return;
  count.first ??= data.toString('utf8', 0, Math.min(data.indexOf(LINE_FEED), 1000));
  for (let at = data.indexOf(LINE_FEED); at !== -1; at = data.indexOf(LINE_FEED, at + 1)) {
    count.lines += 1;
  }
  const hits = NEEDLES.map((needle) => ({ needle, at: data.indexOf(needle) }));
  for (;;) {
    const first = Math.min(...hits.map(({ at }) => at).filter((at) => at !== -1));
    if (first === Infinity) return;
    const end = data.indexOf(LINE_FEED, first);
    yield data.toString('utf8', data.lastIndexOf(LINE_FEED, first) + 1, end);
    for (const hit of hits) {
      if (hit.at !== -1 && hit.at < end) hit.at = data.indexOf(hit.needle, end);
    }
  }
}

/** The bytes, decompressed when they begin as gzip does. */
async function* unzipped(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done) return;
  const all = (async function* () {
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => chunks };
  })();
  const isGzip = first.value[0] === 0x1f && first.value[1] === 0x8b;
  if (!isGzip) {
    yield* all;
    return;
  }
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  // A failure on the way destroys the last stream with it, and so reaches who reads that.
  pipeline(Readable.from(all), gunzip, () => undefined);
  yield* gunzip as AsyncIterable<Buffer>;
}
