import { execFileSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { reasonNotToRun } from '../../../src/probe/executable.ts';

const MACHINES: Record<string, number> = { x64: 62, arm64: 183 };
const OTHER_MACHINE = 243; // RISC-V

/** The head of a program; whether the kernel would run it is not asked here. */
function header(machine = MACHINES[process.arch]!): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.write('\u007fELF\u0002\u0001', 'latin1');
  bytes.writeUInt16LE(machine, 18);
  return bytes;
}

t.test('only CNI plugins for this machine are run', async (t) => {
  const path = join(t.testdir(), 'file');
  const reason = async (...contents: (Buffer | string)[]) => {
    writeFileSync(path, Buffer.concat(contents.map((part) => Buffer.from(part))));
    return reasonNotToRun(path, new AbortController().signal);
  };
  const megabyte = 1 << 20;
  t.equal(await reason(header(), 'CNI_COMMAND'), undefined);
  for (const offset of [-12, -11, -5, -1, 0, 1, 3 * megabyte - 5]) {
    const before = Buffer.alloc(megabyte + offset - 64, 'CNI_');
    t.equal(await reason(header(), before, 'CNI_COMMAND', 'more'), undefined, `at ${offset}`);
  }
  t.equal(await reason(header(), Buffer.alloc(3 * megabyte, 'CNI_')), 'not a CNI plugin');
  t.equal(await reason(header(OTHER_MACHINE), 'CNI_COMMAND'), 'another architecture');
  t.equal(await reason('x', header(), 'CNI_COMMAND'), 'not a program');
  t.equal(await reason(header().subarray(0, 19)), 'not a program');
  t.equal(await reason('#!/bin/sh\necho $CNI_COMMAND\n'), 'not a program');
  t.equal(await reason(''), 'not a program');
});

t.test('nothing holds it up', async (t) => {
  const directory = t.testdir();
  const signal = new AbortController().signal;
  t.equal(await reasonNotToRun(join(directory, 'gone'), signal), 'not readable (ENOENT)');
  t.equal(await reasonNotToRun(directory, signal), 'not a file');
  const fifo = join(directory, 'fifo');
  execFileSync('mkfifo', [fifo]);
  t.equal(await reasonNotToRun(fifo, signal), 'not a file');

  const endless = join(directory, 'endless');
  writeFileSync(endless, header());
  truncateSync(endless, 2 ** 40);
  t.equal(await reasonNotToRun(endless, signal), 'not a CNI plugin', 'a terabyte of nothing');
  t.equal(await reasonNotToRun(endless, AbortSignal.abort()), 'no time left');
});
