import { readText } from './data.ts';

/** Where the version is written out, besides package.json: a file, and what stands before it there. */
const PLACES: readonly (readonly [path: string, before: RegExp])[] = [
  ['package-lock.json', /^ {2}"version": "/m],
  ['package-lock.json', /^ {6}"version": "/m],
  ['charts/eni-config-guard/Chart.yaml', /^version: /m],
  ['charts/eni-config-guard/Chart.yaml', /^appVersion: /m],
  ['Dockerfile', /^ARG VERSION=/m],
  ['Dockerfile', /--build-arg VERSION=/],
  ['Dockerfile', /-t eni-config-guard:/],
];

/** Pages on which the image's name is followed by the version. */
const IMAGE_NAMED = /\beni-config-guard:(\d+\.\d+\.\d+[\w.-]*)/g;
const VERSION = /^\d+\.\d+\.\d+(-[\w.]+)?/;

/** Places that name another version than package.json does, a line for each. */
export function otherVersions(pages: readonly string[]): string[] {
  const { version } = JSON.parse(readText('package.json')) as { version: string };
  const places = PLACES.flatMap(([path, before]) => {
    const text = readText(path);
    const found = before.exec(text);
    const named = found && VERSION.exec(text.slice(found.index + found[0].length))?.[0];
    return named === version ? [] : [`${path}: ${named ?? `nothing behind ${before.source}`}`];
  });
  const named = pages.flatMap((path) =>
    [...readText(path).matchAll(IMAGE_NAMED)]
      .filter(([, other]) => other !== version)
      .map(([text]) => `${path}: ${text}`),
  );
  return [...places, ...named].map((line) => `${line}, not ${version}`);
}

/** What CHANGELOG.md says of a version, without its heading; undefined where it has no such entry. */
export function changelogEntry(version: string): string | undefined {
  const section = readText('CHANGELOG.md')
    .split(/^## /m)
    .find((part) => part.split(/[\s(]/, 1)[0] === version);
  return section?.slice(section.indexOf('\n')).trim();
}
