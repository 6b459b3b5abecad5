/**
 * How many bytes `text` takes in UTF-8. A surrogate without its other half counts three, as the
 * U+FFFD that an encoder writes in its place.
 */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else bytes += 3;
    if (isPair(unit, text.charCodeAt(index + 1))) {
      bytes += 1;
      index += 1;
    }
  }
  return bytes;
}

/** Whether two UTF-16 units are one character of four bytes. */
const isPair = (first: number, second: number) =>
  first >= 0xd800 && first <= 0xdbff && second >= 0xdc00 && second <= 0xdfff;
