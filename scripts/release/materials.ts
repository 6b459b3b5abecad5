import { readText } from './data.ts';

interface Component {
  readonly name: string;
  readonly version: string;
  readonly licenses: readonly { readonly expression?: string }[];
  readonly hashes: readonly unknown[];
}

/** What is wrong with bill and notices of dist/, as `npm run build` has left them; a line for each. */
export function materialGaps(): string[] {
  const { components } = JSON.parse(readText('dist/sbom.cdx.json')) as {
    components: readonly Component[];
  };
  const notices = readText('dist/THIRD-PARTY-NOTICES.txt');
  const { dependencies } = JSON.parse(readText('package.json')) as {
    dependencies: Readonly<Record<string, string>>;
  };
  const billed = new Set(components.map(({ name }) => name));
  return [
    // Whatever the program imports must be in the bundle; what it does not is no dependency.
    ...Object.keys(dependencies)
      .filter((name) => !billed.has(name))
      .map((name) => `${name} is a dependency and not in the SBOM`),
    ...components.flatMap(({ name, version, licenses, hashes }) => {
      const label = `${name} ${version}`;
      const license = licenses[0]?.expression ?? 'undefined';
      return [
        ...(license === 'undefined' ? [`${label} has no licence in the SBOM`] : []),
        ...(hashes.length === 0 ? [`${label} has no digest in the SBOM`] : []),
        ...(notices.includes(`${label} (${license})\n`) ? [] : [`${label} is not in the notices`]),
      ];
    }),
  ];
}
