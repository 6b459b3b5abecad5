/** Where a field of the format is, in bytes. Source: elf(5), Elf64_Ehdr, Elf64_Phdr and Elf64_Shdr. */
const HEADER = { programs: 32, sections: 40, programSize: 54, programCount: 56 } as const;
const SECTION_COUNT = 60;
const NAMES_INDEX = 62;
const PROGRAM = { offset: 8, fileSize: 32 } as const;
const SECTION = { type: 4, flags: 8, offset: 24, size: 32, link: 40, info: 44, align: 48 } as const;
const SECTION_SIZE = 64;

const SYMBOLS = 2;
const WITHOUT_BYTES = 8;
/** A section whose `info` is the index of another one. */
const INFO_IS_INDEX = 0x40;

interface Section {
  readonly index: number;
  readonly header: Buffer;
  readonly name: string;
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

/**
 * A 64-bit little-endian ELF executable without its symbol table and debug information. What is loaded
 * to run it, dynamic symbols included, stays byte for byte where it was. Throws on other files.
 */
export function elfWithoutSymbols(file: Buffer): Buffer {
  if (file.toString('latin1', 0, 6) !== '\x7fELF\x02\x01') {
    throw new Error('this is no 64-bit little-endian ELF file');
  }
  const all = sectionsOf(file);
  const symbols = all.filter(({ type }) => type === SYMBOLS);
  const dropped = new Set([
    ...symbols.flatMap(({ index, link }) => [index, link]),
    ...all.filter(({ name }) => name.startsWith('.debug')).map(({ index }) => index),
  ]);
  const kept = all.filter(({ index }) => !dropped.has(index));
  const newIndex = (index: number) => kept.findIndex((section) => section.index === index);

  const loaded = Buffer.from(file.subarray(0, endOfLoaded(file)));
  const parts: Buffer[] = [loaded];
  let length = loaded.length;
  /** Adds bytes after what is there; returns where they begin. */
  const add = (bytes: Buffer, align: number): number => {
    const begin = Math.ceil(length / align) * align;
    parts.push(Buffer.alloc(begin - length), bytes);
    length = begin + bytes.length;
    return begin;
  };
  const headers = kept.map(({ header, type, offset, size, link }) => {
    const moved = Buffer.from(header);
    if (offset >= loaded.length && type !== WITHOUT_BYTES) {
      const align = Math.max(1, number(header, SECTION.align));
      moved.writeBigUInt64LE(
        BigInt(add(file.subarray(offset, offset + size), align)),
        SECTION.offset,
      );
    }
    moved.writeUInt32LE(newIndex(link), SECTION.link);
    if ((number(header, SECTION.flags) & INFO_IS_INDEX) !== 0) {
      moved.writeUInt32LE(newIndex(header.readUInt32LE(SECTION.info)), SECTION.info);
    }
    return moved;
  });
  const table = add(Buffer.concat(headers), 8);
  loaded.writeBigUInt64LE(BigInt(table), HEADER.sections);
  loaded.writeUInt16LE(kept.length, SECTION_COUNT);
  loaded.writeUInt16LE(newIndex(file.readUInt16LE(NAMES_INDEX)), NAMES_INDEX);
  return Buffer.concat(parts);
}

/** Where the bytes end that are loaded, or read by the loader, when the program starts. */
function endOfLoaded(file: Buffer): number {
  const begin = number(file, HEADER.programs);
  const size = file.readUInt16LE(HEADER.programSize);
  const ends = Array.from({ length: file.readUInt16LE(HEADER.programCount) }, (_, index) => {
    const at = begin + index * size;
    return number(file, at + PROGRAM.offset) + number(file, at + PROGRAM.fileSize);
  });
  return Math.max(...ends);
}

function sectionsOf(file: Buffer): Section[] {
  const begin = number(file, HEADER.sections);
  const headers = Array.from({ length: file.readUInt16LE(SECTION_COUNT) }, (_, index) =>
    file.subarray(begin + index * SECTION_SIZE, begin + (index + 1) * SECTION_SIZE),
  );
  const names = number(headers[file.readUInt16LE(NAMES_INDEX)] ?? file, SECTION.offset);
  return headers.map((header, index) => {
    const name = names + header.readUInt32LE(0);
    return {
      index,
      header,
      name: file.toString('latin1', name, file.indexOf(0, name)),
      type: header.readUInt32LE(SECTION.type),
      offset: number(header, SECTION.offset),
      size: number(header, SECTION.size),
      link: header.readUInt32LE(SECTION.link),
    };
  });
}

function number(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64LE(at));
}
