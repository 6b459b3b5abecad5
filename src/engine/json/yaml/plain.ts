/** What a text without quotes stands for, as sigs.k8s.io/yaml reads it for Terway (YAML 1.1). */

export type PlainValue = string | number | boolean | null;

const WORDS = new Map<string, PlainValue>();
for (const [value, ...words] of [
  [true, 'y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'],
  [false, 'n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'],
  [null, '', '~', 'null', 'Null', 'NULL'],
  [NaN, '.nan', '.NaN', '.NAN'],
  [Infinity, '.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'],
  [-Infinity, '-.inf', '-.Inf', '-.INF'],
] as const) {
  for (const word of words) WORDS.set(word, value);
}

const INTEGER = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/** Digits of 2^64 to base 2, leading zeros aside; a longer number is no integer. */
const MAX_DIGITS = 64;

const MIN_INTEGER = -(2n ** 63n);
const MAX_SIGNED = 2n ** 63n - 1n;
const MAX_UNSIGNED = 2n ** 64n - 1n;

/**
 * The value of a text without quotes. `yes`, `on` and their like are booleans, `0777` is octal, `_`
 * in numbers does not count, a number beyond float64 is a text. Infinite and NaN where the text
 * names these. Checked against sigs.k8s.io/yaml 1.6.0.
 */
export function plainValue(text: string): PlainValue {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (!/^[-+.0-9]/.test(text)) return text;
  const digits = text.startsWith('.') ? text : text.replaceAll('_', '');
  return integerOf(digits) ?? floatOf(digits) ?? text;
}

function integerOf(text: string): number | undefined {
  const [, sign = '', hex, binary, octal, decimal] = INTEGER.exec(text) ?? [];
  const [digits, prefix] =
    hex !== undefined
      ? [hex, '0x']
      : binary !== undefined
        ? [binary, '0b']
        : octal !== undefined
          ? [octal, '0o']
          : [decimal, ''];
  const significant = digits?.replace(/^0+(?=.)/, '');
  if (significant === undefined || significant.length > MAX_DIGITS) return undefined;
  const size = BigInt(prefix + significant);
  const value = sign === '-' ? -size : size;
  const fits = value >= MIN_INTEGER && value <= (sign === '' ? MAX_UNSIGNED : MAX_SIGNED);
  return fits ? Number(value) : undefined;
}

function floatOf(text: string): number | undefined {
  const value = FLOAT.test(text) ? Number(text) : NaN;
  return Number.isFinite(value) ? value : undefined;
}

/** A number as the name of a member, which sigs.k8s.io/yaml writes with the digits of a float32. */
export function numberAsName(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 53) return String(value);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '.nan' : value > 0 ? '.inf' : '-.inf';
  let precision = 1;
  const single = Math.fround(value);
  while (precision < 9 && Math.fround(Number(value.toPrecision(precision))) !== single) {
    precision += 1;
  }
  const [mantissa = '', exponent = '0'] = value.toExponential(precision - 1).split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 21) return String(Number(value.toPrecision(precision)));
  const size = String(Math.abs(power)).padStart(2, '0');
  return `${mantissa}e${power < 0 ? '-' : '+'}${size}`;
}
