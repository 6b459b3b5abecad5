import { gzipSync } from 'node:zlib';
import t from 'tap';
import { type LineCount, candidateLines } from '../../../src/replay/audit-lines.ts';

async function read(chunks: readonly Buffer[]) {
  const count: LineCount = { lines: 0, first: undefined };
  async function* source() {
    await Promise.resolve();
    yield* chunks;
  }
  const found: string[] = [];
  for await (const line of candidateLines(source(), count)) found.push(line);
  return { found, ...count };
}

const cut = (bytes: Buffer, size: number) =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );

const LOG = [
  'first line',
  'one "eni-config" and "eni-config" twice, größe',
  '',
  'eni-config',
  '"verb":"deletecollection" and eni-config',
  'nothing',
  '"verb":"deletecollection"',
  'last eni-config without an end of line',
].join('\n');

const FOUND = LOG.split('\n').filter((line) => /eni-config|deletecollection/.test(line));

t.test('the same lines however the bytes are cut, plain or in gzip', async (t) => {
  for (const bytes of [Buffer.from(LOG), gzipSync(LOG)]) {
    for (const size of [2, 3, 7, 50, 10_000]) {
      t.same(
        await read(cut(bytes, size)),
        { found: FOUND, lines: 8, first: 'first line' },
        `${size}`,
      );
    }
  }
  const parts = Buffer.concat([gzipSync('a\n'), gzipSync('eni-config\n')]);
  t.match(await read([parts]), { found: ['eni-config'], lines: 2 }, 'a file of two members');
  t.match(await read([]), { found: [], lines: 0, first: undefined });
});

t.test('a file that is broken off rejects', async (t) => {
  const bytes = gzipSync(LOG);
  await t.rejects(read([bytes.subarray(0, bytes.length - 12)]), { code: 'Z_BUF_ERROR' });
});

t.test('a line without an end is given up', async (t) => {
  const chunk = Buffer.alloc(8 * 1024 * 1024, 'x');
  await t.rejects(read(Array.from({ length: 5 }, () => chunk)), { name: 'LineTooLongError' });
});
