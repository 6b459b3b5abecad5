import semver from 'semver';

/** A released version as far as it can be told from a tag; `raw` is that tag. */
export interface Version {
  readonly raw: string;
  /** Three numbers, for example `1.17.0`; a real pre-release keeps its suffix: `1.7.1-rc.1`. */
  readonly normal: string;
}

const DIGEST = /@[a-z0-9+._-]+:[0-9a-f]+$/i;
const NUMBERS = /^v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})((?:\.\d{1,6})*)([-+_].*)?$/;
const PRE_RELEASE = /^-(alpha|beta|rc)[.-]?(\d{1,6})?$/i;

/**
 * Reads a version out of what clusters really show: a plain number (`1.15.2`, `v1.15.2`), an
 * image reference with registry port, tag and digest, Terway's development tags
 * (`v1.17.0-d7c63c9e` is built after 1.17.0 and counts as it, unlike semver's reading), ACK's
 * four-part tags and suffixes (`v1.0.9.15-g3957085-aliyun`), distribution suffixes
 * (`v1.4.0-k3s2`). A bare commit, `latest`, `unknown` or a digest alone is undefined: unknown.
 * Source: tag shapes in Terway's tests and in ACK release notes.
 */
export function parseVersion(text: string): Version | undefined {
  const raw = tagOf(text.trim());
  const match = NUMBERS.exec(raw);
  if (!match) return undefined;
  const [, major, minor, patch, , suffix = ''] = match;
  const numbers = [major, minor, patch].map(Number).join('.');
  const preRelease = PRE_RELEASE.exec(suffix);
  return {
    raw,
    normal: preRelease
      ? `${numbers}-${preRelease[1]?.toLowerCase()}.${Number(preRelease[2] ?? 0)}`
      : numbers,
  };
}

/** The tag of an image reference; a text that is no reference is returned as it is. */
function tagOf(text: string): string {
  const name = text.replace(DIGEST, '');
  const lastComponent = name.slice(name.lastIndexOf('/') + 1);
  const colon = lastComponent.indexOf(':');
  if (colon !== -1) return lastComponent.slice(colon + 1);
  return name.includes('/') || name !== text ? '' : name;
}

/** Whether `version` is `floor` or newer; `floor` is a plain semver such as `1.15.0`. */
export function isAtLeast(version: Version, floor: string): boolean {
  return parsed(version.normal).compare(parsed(floor)) >= 0;
}

/**
 * Whether `version` has what came with `floor`, or, on an older line of releases, with one of
 * `lines`: with `1.16.8` every later 1.16 has it as well.
 */
export function isAtLeastOnLine(
  version: Version,
  floor: string,
  lines: readonly string[] = [],
): boolean {
  return (
    isAtLeast(version, floor) ||
    lines.some((line) => isAtLeast(version, line) && minorOf(version.normal) === minorOf(line))
  );
}

const minorOf = (text: string) => `${parsed(text).major}.${parsed(text).minor}`;

/** Whether `version` is newer than the plain semver `other`. */
export function isNewer(version: Version, other: string): boolean {
  return parsed(version.normal).compare(parsed(other)) > 0;
}

/** Reviews compare the same few versions again and again, and parsing costs more than comparing. */
const parsedVersions = new Map<string, semver.SemVer>();
const MAX_PARSED_VERSIONS = 1000;

function parsed(text: string): semver.SemVer {
  let version = parsedVersions.get(text);
  if (!version) {
    version = new semver.SemVer(text);
    if (parsedVersions.size < MAX_PARSED_VERSIONS) parsedVersions.set(text, version);
  }
  return version;
}
