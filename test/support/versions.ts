import { coerce, parse, valid } from 'semver';

/** Kubernetes release that is built unless KUBERNETES_VERSION names another one. */
export const DEFAULT_KUBERNETES_VERSION = '1.37.2';

/** etcd release that is built; every supported API server speaks its protocol. */
export const ETCD_VERSION = '3.7.3';

/** Helm release that is built. */
export const HELM_VERSION = '3.22.0';

/** The release of Helm 4 that is built, for what it does otherwise. */
export const HELM_4_VERSION = '4.3.1';

/**
 * The Kubernetes release that the variable KUBERNETES_VERSION asks for (`1.34.3` or `v1.34.3`),
 * without the `v`; undefined when it is not set. Throws when it is set and names no full release.
 */
export function requestedKubernetesVersion(): string | undefined {
  const requested = process.env.KUBERNETES_VERSION;
  if (requested === undefined || requested === '') return undefined;
  const version = valid(requested);
  if (version === null || parse(version)?.major !== 1) {
    throw new Error(
      `KUBERNETES_VERSION is "${requested}": name a full release, e.g. ${DEFAULT_KUBERNETES_VERSION}`,
    );
  }
  return version;
}

/** The major version of Helm that the variable HELM_MAJOR asks for; 3 when it is not set. */
export function requestedHelmMajor(): 3 | 4 {
  const requested = process.env.HELM_MAJOR ?? '3';
  if (requested === '3') return 3;
  if (requested === '4') return 4;
  throw new Error(`HELM_MAJOR is "${requested}": it can be 3 or 4`);
}

/** The release named in the text a program prints about itself, e.g. `Kubernetes v1.37.2`. */
export function versionIn(text: string): string | undefined {
  return coerce(text, { includePrerelease: true })?.version;
}

/** Whether a kubectl of one release is supported against an API server of another: one minor apart. */
export function withinOneMinor(one: string, other: string): boolean {
  const a = parse(one);
  const b = parse(other);
  return a !== null && b !== null && a.major === b.major && Math.abs(a.minor - b.minor) <= 1;
}
