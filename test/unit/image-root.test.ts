import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { elfWithoutSymbols } from '../../scripts/elf.ts';
import { run } from '../support/output.ts';
import { REPOSITORY } from '../support/program.ts';

/** What the image takes of its base, on a base of empty files and a program of a few bytes. */

const LINKED = [
  'ld-linux-x86-64.so.2',
  'libc.so.6',
  'libm.so.6',
  'libdl.so.2',
  'libpthread.so.0',
  'libstdc++.so.6',
  'libgcc_s.so.1',
];

t.test('libraries that Node links to come along, the others if they are there', async (t) => {
  const { root, code, stderr } = await imageRoot(t, 'ELF libc.so.6', [...LINKED, 'libresolv.so.2']);
  t.equal(code, 0, stderr);
  t.ok(existsSync(join(root, 'lib/libresolv.so.2')));
  t.notOk(existsSync(join(root, 'lib/libatomic.so.1')));
});

t.test('a library that Node links to and that is missing is told', async (t) => {
  const atomics = 'ELF libatomic.so.1 libc.so.6';
  const { code, stderr } = await imageRoot(t, atomics, LINKED);
  t.equal(code, 1);
  t.match(stderr, 'node links to libatomic.so.1');
  t.match(await imageRoot(t, atomics, [...LINKED, 'libatomic.so.1']), { code: 0 });
});

t.test('Node goes in without symbols and debug information, and is loaded as before', async (t) => {
  const [header, code, attributes] = [64 + 56, Buffer.from('code'), Buffer.from('attributes')];
  const text: Section = { name: '.text', type: 1, bytes: code, loaded: true };
  const notes: Section = { name: '.notes', type: 7, bytes: attributes, info: '.text' };
  const unwanted: Section[] = [
    { name: '.debug_info', type: 1, bytes: Buffer.alloc(100, 'd') },
    { name: '.symtab', type: 2, bytes: Buffer.alloc(48, 's'), link: '.strtab' },
    { name: '.strtab', type: 3, bytes: Buffer.alloc(31, 'n') },
  ];
  const program = elf([text, ...unwanted, notes]);
  t.strictSame(elfWithoutSymbols(program), elf([text, notes]));
  t.strictSame(program.subarray(header, header + code.length), code);
  t.throws(() => elfWithoutSymbols(Buffer.from('#!/bin/sh\n')), /no 64-bit little-endian ELF/);
  const otherEnd = Buffer.from(program);
  otherEnd[5] = 2;
  t.throws(() => elfWithoutSymbols(otherEnd), /no 64-bit little-endian ELF/);
});

interface Section {
  readonly name: string;
  readonly type: number;
  readonly bytes: Buffer;
  readonly loaded?: boolean;
  readonly link?: string;
  readonly info?: string;
}

/** An ELF program of these sections, each aligned to 8 bytes, with a fixed table of their names. */
function elf(given: readonly Section[]): Buffer {
  const names = ['', '.shstrtab', '.text', '.notes', '.debug_info', '.symtab', '.strtab'];
  const table = Buffer.from(names.map((name) => `${name}\0`).join(''));
  const sections = [
    { name: '', type: 0, bytes: Buffer.alloc(0), loaded: true },
    ...given,
    { name: '.shstrtab', type: 3, bytes: table },
  ];
  const indexOf = (name?: string) => sections.findIndex((section) => section.name === (name ?? ''));
  const parts: Buffer[] = [Buffer.alloc(64 + 56)];
  const end = () => parts.reduce((sum, { length }) => sum + length, 0);
  const align = () => parts.push(Buffer.alloc((8 - (end() % 8)) % 8));
  let loaded = 0;
  const headers = sections.map((section) => {
    align();
    const header = Buffer.alloc(64);
    header.writeUInt32LE(table.indexOf(`${section.name}\0`), 0);
    header.writeUInt32LE(section.type, 4);
    header.writeBigUInt64LE(section.info === undefined ? 0n : 0x40n, 8);
    header.writeBigUInt64LE(section.type === 0 ? 0n : BigInt(end()), 24);
    header.writeBigUInt64LE(BigInt(section.bytes.length), 32);
    header.writeUInt32LE(indexOf(section.link), 40);
    header.writeUInt32LE(indexOf(section.info), 44);
    header.writeBigUInt64LE(8n, 48);
    parts.push(section.bytes);
    if (section.loaded === true) loaded = end();
    return header;
  });
  align();
  const [start] = parts as [Buffer];
  start.write('\x7fELF\x02\x01', 'latin1');
  start.writeBigUInt64LE(64n, 32);
  start.writeBigUInt64LE(BigInt(end()), 40);
  start.writeUInt16LE(56, 54);
  start.writeUInt16LE(1, 56);
  start.writeUInt16LE(64, 58);
  start.writeUInt16LE(sections.length, 60);
  start.writeUInt16LE(indexOf('.shstrtab'), 62);
  start.writeBigUInt64LE(BigInt(loaded), 64 + 32);
  return Buffer.concat([...parts, ...headers]);
}

async function imageRoot(t: Test, node: string, libraries: readonly string[]) {
  const folder = t.testdir();
  const base = join(folder, 'base');
  const packages = ['libc6', 'libstdc++6', 'libgcc-s1'];
  const files: Record<string, string> = {
    'usr/local/bin/node': node,
    'etc/os-release': '',
    'var/lib/dpkg/status': packages.map((name) => `Package: ${name}\n`).join('\n'),
    ...Object.fromEntries(packages.map((name) => [`usr/share/doc/${name}/copyright`, ''])),
    ...Object.fromEntries(libraries.map((name) => [`usr/lib/x86_64-linux-gnu/${name}`, ''])),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(base, path)), { recursive: true });
    writeFileSync(join(base, path), text);
  }
  const root = join(folder, 'root');
  const script = join(REPOSITORY, 'scripts/image-root.sh');
  return { root, ...(await run('sh', [script, base, root])) };
}
