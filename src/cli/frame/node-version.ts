import manifest from '../../../package.json' with { type: 'json' };

/** Says in one line that this Node.js is too old (`20.19.2`); undefined for one that is fit. */
export function unfitNode(version: string): string | undefined {
  const oldest = manifest.engines.node.replace('>=', '');
  const [major = 0, minor = 0] = numbersOf(version);
  const [needsMajor = 0, needsMinor = 0] = numbersOf(oldest);
  if (major > needsMajor || (major === needsMajor && minor >= needsMinor)) return undefined;
  return `needs Node.js ${oldest} or newer; this is ${version} (${process.execPath})`;
}

const numbersOf = (version: string) => version.split('.').map(Number);
