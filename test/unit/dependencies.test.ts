import { readFileSync } from 'node:fs';
import t from 'tap';

/** What is installed: nothing without a digest, nothing that may not be handed out with the program. */

interface Locked {
  readonly version: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly dev?: boolean;
}

const { packages } = JSON.parse(
  readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'),
) as { readonly packages: Readonly<Record<string, Locked>> };
const installed = Object.entries(packages).filter(([path]) => path !== '');

/** Licences that ask for no more than to be named, which THIRD-PARTY-NOTICES.txt does. */
const ALLOWED = [
  ...['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Unlicense'],
  // Python's, as permissive as BSD's.
  'PSF-2.0',
];
/** Also of tools that are never handed out. */
const ALLOWED_OF_TOOLS = [...ALLOWED, 'BlueOak-1.0.0', 'CC0-1.0', 'CC-BY-3.0', 'Zlib'];

/** Its package.json names no licence; the file beside it is MIT's. */
const UNLICENSED_TOOLS = ['node_modules/jsonc-simple-parser'];

/** Whether an SPDX expression of names, OR and AND is met; precedence as SPDX has it. */
function isAllowed(expression: string, allowed: readonly string[]): boolean {
  const inner = expression.replace(/^\((.*)\)$/, '$1');
  return inner
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((name) => allowed.includes(name)));
}

t.test('every package has a licence that is allowed where it is used', async (t) => {
  const wrong = installed.filter(([path, { license, dev = false }]) => {
    if (license === undefined) return !(dev && UNLICENSED_TOOLS.includes(path));
    return !isAllowed(license, dev ? ALLOWED_OF_TOOLS : ALLOWED);
  });
  t.same(
    wrong.map(([path, { license }]) => `${path}: ${license}`),
    [],
  );
});

t.test('every package is held to a digest, and none to a registry', async (t) => {
  for (const [path, { integrity, resolved }] of installed) {
    t.match(integrity, /^sha512-/, path);
    t.equal(resolved, undefined, `${path}: a mirror may be used`);
  }
});
