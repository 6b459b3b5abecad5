import type { Format } from '../catalogue/field.ts';
import { utf8Length } from '../text/byte-length.ts';

/** Texts that Go's standard library or the kernel reads, by the same rules. */

const TESTS: Readonly<Record<Format, (text: string) => boolean>> = {
  cidr: isCidr,
  // The plugin leaves the address alone where it reads an empty text.
  mac: (text) => text === '' || isUnicastMac(text),
  duration: (text) => nanosecondsOf(text) !== undefined,
  interface: (text) => text === '' || isInterfaceName(text),
  float: (text) => floatOf(text) !== undefined,
};

export const hasFormat = (text: string, format: Format) => TESTS[format](text);

/** Whether Go's net.ParseCIDR accepts `text`. */
export function isCidr(text: string): boolean {
  const slash = text.indexOf('/');
  if (slash === -1) return false;
  const address = text.slice(0, slash);
  const bits = text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(bits) || (bits.length > 1 && bits.startsWith('0'))) return false;
  if (isIpv4(address)) return Number(bits) <= 32;
  return isIpv6(address) && Number(bits) <= 128;
}

/** Four decimal numbers up to 255; leading zeros are refused, as Go does since 1.17. */
function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return (
    parts.length === 4 &&
    parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
  );
}

/** Eight groups of up to four hexadecimal digits, one run of zeros as `::`, IPv4 at the end. */
function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1);
  const endsInIpv4 = last?.includes('.') === true;
  if (endsInIpv4 && !isIpv4(last)) return false;
  const hex = endsInIpv4 ? groups.slice(0, -1) : groups;
  if (!hex.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false;
  const length = hex.length + (endsInIpv4 ? 2 : 0);
  return halves.length === 2 ? length <= 7 : length === 8;
}

/** A unicast Ethernet address as Go's net.ParseMAC reads it and the kernel takes it. */
function isUnicastMac(text: string): boolean {
  const separated = /^[0-9a-f]{2}([:-])[0-9a-f]{2}(\1[0-9a-f]{2}){4}$/i.test(text);
  if (!separated && !/^[0-9a-f]{4}(\.[0-9a-f]{4}){2}$/i.test(text)) return false;
  const digits = text.replace(/[^0-9a-f]/gi, '');
  const isMulticast = (Number.parseInt(digits.slice(0, 2), 16) & 1) === 1;
  return !isMulticast && !/^0+$/.test(digits);
}

const NUMBER = String.raw`(?:\d+(?:\.\d*)?|\.\d+)`;
const PARTS = /(\d*)\.?(\d*)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/g;
const DURATION = new RegExp(`^[-+]?(?:0|(?:${NUMBER}(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h))+)$`);

/** Nanoseconds of each unit. */
const UNITS: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1000n],
  ['\u00b5s', 1000n],
  ['\u03bcs', 1000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);
const MAX_INT64 = 2n ** 63n - 1n;
/** No longer text is looked into: it takes its digits one by one. */
const MAX_NUMBER_TEXT = 256;

/** What Go's time.ParseDuration makes of `text` (`10m`, `1h30m`, `-1.5s`, `0`); undefined where it refuses it. */
export function nanosecondsOf(text: string): bigint | undefined {
  if (text.length > MAX_NUMBER_TEXT || !DURATION.test(text)) return undefined;
  let sum = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of text.matchAll(PARTS)) {
    const size = UNITS.get(unit) ?? 0n;
    sum += BigInt(whole) * size + (BigInt(fraction || '0') * size) / 10n ** BigInt(fraction.length);
  }
  const isNegative = text.startsWith('-');
  // The smallest int64 has no positive counterpart.
  return sum > MAX_INT64 + (isNegative ? 1n : 0n) ? undefined : isNegative ? -sum : sum;
}

const digits = (digit: string) => `${digit}+(?:_${digit}+)*`;
const mantissa = (digit: string) =>
  String.raw`(?:${digits(digit)}(?:\.(?:${digits(digit)})?)?|\.${digits(digit)})`;
const DECIMAL = new RegExp(String.raw`^[-+]?${mantissa(String.raw`\d`)}(?:e[-+]?\d+)?$`, 'i');
const HEXADECIMAL = new RegExp(
  String.raw`^([-+]?)0x_?(${mantissa('[0-9a-f]')})p([-+]?\d{1,4})$`,
  'i',
);

/**
 * What Go's strconv.ParseFloat makes of `text`: `0.1`, `1e-1`, `0x1p-3`, `inf`; undefined where it
 * refuses it.
 */
export function floatOf(text: string): number | undefined {
  if (/^[-+]?inf(?:inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return NaN;
  if (text.length > MAX_NUMBER_TEXT) return undefined;
  const value = DECIMAL.test(text) ? Number(text.replaceAll('_', '')) : hexadecimal(text);
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

function hexadecimal(text: string): number | undefined {
  const [, sign, number, exponent] = HEXADECIMAL.exec(text) ?? [];
  if (number === undefined) return undefined;
  const [whole = '', fraction = ''] = number.replaceAll('_', '').split('.');
  const size =
    Number(BigInt(`0x${whole}${fraction}`)) * 2 ** (Number(exponent) - 4 * fraction.length);
  return sign === '-' ? -size : size;
}

/** iptables keeps 28 bytes of the name of a chain. */
const MAX_CHAIN_NAME = 28;

/** A name that iptables takes for a chain: 28 bytes at most, no white space, no option. */
export function isChainName(text: string): boolean {
  return /^[^\s!\0-][^\s\0]*$/.test(text) && utf8Length(text) <= MAX_CHAIN_NAME;
}

/** The kernel keeps 15 bytes of an interface name. */
export const MAX_INTERFACE_NAME = 15;

/** A name that the kernel takes for an interface: no slash, no colon, no white space. */
export function isInterfaceName(text: string): boolean {
  return text !== '' && utf8Length(text) <= MAX_INTERFACE_NAME && !/[\s/:\0]|^\.{1,2}$/.test(text);
}
