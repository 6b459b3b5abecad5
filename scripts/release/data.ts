import { readFileSync } from 'node:fs';

/** What only the publisher knows; release.json at the repository's root. docs/releasing.md names each. */
export interface ReleaseData {
  /** Address of the repository's page, without a slash at its end. */
  readonly repository: string;
  /** Registry and path that the image is pushed to, without a tag. */
  readonly image: string;
  /** `oci://...`: the folder that the chart is pushed to. */
  readonly chart: string;
  /** `sha256:...` of the base image that a release is built from. */
  readonly nodeImageDigest: string;
  /** Where vulnerabilities are reported besides the repository's own form: an address, or a page. */
  readonly securityContact: string;
  /** The same for the code of conduct. */
  readonly conductContact: string;
  readonly maintainers: readonly Maintainer[];
  /** The commit of each action that a workflow uses, 40 hexadecimal digits. */
  readonly actions: Readonly<Record<string, string>>;
}

interface Maintainer {
  readonly name: string;
  readonly email: string;
  /** Name of the account, without `@`. */
  readonly account: string;
}

export const ROOT = new URL('../../', import.meta.url);

/** The text of a file of the repository. */
export const readText = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');

export const readRelease = () => JSON.parse(readText('release.json')) as ReleaseData;

const SHAPES: Readonly<Partial<Record<keyof ReleaseData, RegExp>>> = {
  repository: /^https:\/\/\S+[^/\s]$/,
  image: /^[^\s/:]+(:\d+)?\/[^\s:@]+$/,
  chart: /^oci:\/\/\S+[^/\s]$/,
  nodeImageDigest: /^sha256:[0-9a-f]{64}$/,
};

/** What of `data` is empty or can't be right, a line for each. */
export function gapsIn(data: ReleaseData): string[] {
  const texts = Object.entries(data).flatMap(([name, value]) => {
    if (typeof value !== 'string') return [];
    if (value === '') return [`release.json: ${name} is empty`];
    const shape = SHAPES[name as keyof ReleaseData];
    return shape && !shape.test(value) ? [`release.json: ${name} must match ${shape.source}`] : [];
  });
  const commits = Object.entries(data.actions).flatMap(([name, commit]) =>
    /^[0-9a-f]{40}$/.test(commit) ? [] : [`release.json: actions.${name} holds no commit`],
  );
  const people = data.maintainers.length === 0 ? ['release.json: maintainers is empty'] : [];
  return [...texts, ...people, ...commits];
}
