/** Bytes of `text` in UTF-8; a lone surrogate is written as U+FFFD, which takes three. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.codePointAt(index) ?? 0;
    if (character > 0xffff) {
      // A surrogate pair: two units, four bytes.
      bytes += 2;
      index += 1;
    } else if (character > 0x7ff) {
      bytes += 2;
    } else if (character > 0x7f) {
      bytes += 1;
    }
  }
  return bytes;
}

/** Bytes that a well-formed text in base64 stands for. */
export function base64Length(text: string): number {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return Math.floor(((text.length - padding) * 3) / 4);
}
