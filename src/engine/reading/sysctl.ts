/** How tuning and the kernel read a sysctl. Source: plugins/meta/tuning/tuning.go; kernel/sysctl.c. */

/**
 * The name that tuning makes of `text`, with dots, or undefined when it is not below `net`: dots are
 * slashes, runs of slashes are one, and IFNAME is the pod's interface.
 */
export function sysctlName(text: string): string | undefined {
  const file = `/${text.replaceAll('.', '/').replace('IFNAME', 'eth0')}`.replace(/\/+/g, '/');
  return /^\/net\/[^\s\0]+$/.test(file)
    ? file.slice(1).replace(/\/$/, '').replaceAll('/', '.')
    : undefined;
}

/** A number as the kernel takes it: decimal, octal or hexadecimal, in the notation of C. */
const NUMBER = /^-?(?:0x[0-9a-f]+|0[0-7]*|[1-9][0-9]*)$/i;

/** The value of a number in C's notation; undefined when the kernel refuses it. */
export function kernelNumber(word: string): number | undefined {
  if (!NUMBER.test(word)) return undefined;
  const digits = word.replace('-', '');
  const isOctal = /^0[0-7]+$/.test(digits);
  const value = isOctal ? Number.parseInt(digits, 8) : Number(digits);
  return word.startsWith('-') ? -value : value;
}

/** The words of a value that holds numbers; the kernel splits at blanks, tabs and line ends. */
export const sysctlWords = (text: string): string[] =>
  text.split(/[ \t\n\v\f\r]+/).filter((word) => word !== '');
