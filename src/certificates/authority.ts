import { X509Certificate, createPrivateKey, randomBytes } from 'node:crypto';
import type { RsaKeyPair } from './key.ts';
import type { KeyCertificatePair } from './pair.ts';
import { bundleOf, certificatesIn, identityOf, isSame } from './pem.ts';
import { isValid } from './trust.ts';

/** The self-signed CA as it stands in its Secret, and what callers must trust. */
export interface Authority {
  /** Its certificate and key; it signs whatever is signed from now on. */
  readonly signing: KeyCertificatePair;
  readonly name: string;
  readonly notAfter: Date;
  /** Its certificate first, then those of former CAs that certificates may still lead to. */
  readonly trusted: readonly X509Certificate[];
}

/** Every CA gets a name of its own: some TLS libraries find a CA by name, and try only one. */
const NAME = /^CN=(eni-config-guard CA [0-9a-f]{16})$/;

/**
 * A certificate's beginning is no protection here, and it can do harm: one made while the clock was
 * wrong would be refused for "not yet" once the clock is right. So it lies in the past.
 */
const NOT_BEFORE = new Date('2025-01-01T00:00:00Z');

/** Former CAs kept; more can't pile up unless the Secret is wrecked again and again. */
const MAX_FORMER = 7;

/** What a key must have today. Source: NIST SP 800-57, part 1, table 2. */
const MIN_KEY_BITS = 2048;

/**
 * A CA made here lives one life from when it was made. The clock may have been ahead then; a CA that
 * has more than two lives before it was not made here.
 */
const MAX_LIVES = 2;

/** A new CA; what `former` CAs signed stays trusted. */
export async function newAuthority(
  { publicKey, privateKey }: RsaKeyPair,
  former: readonly X509Certificate[],
  notAfter: Date,
): Promise<Authority> {
  const { issueCertificate } = await import('./issue.ts');
  const name = `eni-config-guard CA ${randomBytes(8).toString('hex')}`;
  const certificate = issueCertificate({
    commonName: name,
    publicKey,
    issuer: { commonName: name, key: privateKey },
    usage: 'ca',
    notBefore: NOT_BEFORE,
    notAfter,
  });
  const own = new X509Certificate(certificate);
  return {
    signing: { certificate: own.toString(), key: privateKey },
    name,
    notAfter: own.validToDate,
    trusted: [own, ...former.slice(0, MAX_FORMER)],
  };
}

/** A serving certificate for these DNS names, until `notAfter` or the CA's own end. */
export async function issueLeaf(
  { signing, name, notAfter: caNotAfter }: Authority,
  { publicKey, privateKey }: RsaKeyPair,
  names: readonly string[],
  notAfter: Date,
): Promise<KeyCertificatePair> {
  const { issueCertificate } = await import('./issue.ts');
  const certificate = issueCertificate({
    commonName: 'eni-config-guard',
    publicKey,
    issuer: { commonName: name, key: signing.key },
    usage: 'server',
    names,
    notBefore: NOT_BEFORE,
    notAfter: notAfter < caNotAfter ? notAfter : caNotAfter,
  });
  return { certificate, key: privateKey };
}

/** The Secret's data. */
export function encodeAuthority({ signing, trusted }: Authority): Readonly<Record<string, string>> {
  return {
    'tls.crt': signing.certificate,
    'tls.key': signing.key,
    'ca.crt': bundleOf(trusted),
  };
}

/** What a Secret holds: a CA, or why it can not be read. */
export type ReadAuthority = { readonly authority: Authority } | { readonly problem: string };

/** What is known besides the Secret's data when it is read. */
export interface Circumstances {
  readonly now: Date;
  /** The CAs that last stood in the Secret, the signing one first. */
  readonly known: readonly X509Certificate[];
  /** Those in the live caBundles. */
  readonly standing: readonly X509Certificate[];
  /** How long a CA lives, in milliseconds. */
  readonly caLifeMs: number;
}

/** Reads the Secret's data, which may be anything. A problem is a text without any of the data. */
export function readAuthority(
  data: Readonly<Record<string, string>>,
  circumstances: Circumstances,
): ReadAuthority {
  const { now, known } = circumstances;
  const { 'tls.crt': certificate = '', 'tls.key': key = '' } = data;
  if (certificate === '' && key === '') return { problem: 'it holds none yet' };
  const [own] = certificatesIn(certificate);
  if (!own) return { problem: 'tls.crt is no certificate' };
  const name = NAME.exec(own.subject)?.[1];
  if (name === undefined || !own.ca || !own.checkIssued(own) || !own.verify(own.publicKey)) {
    return { problem: 'tls.crt is no CA made by eni-config-guard' };
  }
  const normalKey = rsaKeyOf(own, key);
  if (normalKey === undefined) return { problem: 'tls.key is not the key of tls.crt' };
  if (!isValid(own, now)) return { problem: `the CA's time is over or has not begun` };
  const unsound = unsoundness(own, circumstances);
  if (unsound !== undefined) return { problem: unsound };
  // What is missing beside the CA that stood there before, another writer or a person has taken out.
  // Writers whose clocks differ would write for ever if each put it back.
  const isSuccession = known[0] !== undefined && !isSame(known[0], own);
  const isWhole = certificatesIn(data['ca.crt'] ?? '').some((ca) => isSame(ca, own));
  const former = formerIn(
    data,
    isWhole && !isSuccession ? { ...circumstances, known: [], standing: [] } : circumstances,
  );
  return {
    authority: {
      signing: { certificate: own.toString(), key: normalKey },
      name,
      notAfter: own.validToDate,
      trusted: [own, ...former.filter((ca) => !isSame(ca, own)).slice(0, MAX_FORMER)],
    },
  };
}

/**
 * The CAs in a Secret's data, those known and those standing, each once, as far as they are sound and
 * what they signed may still be served: by a guard that can't reach the API server, for example.
 */
export function formerIn(
  data: Readonly<Record<string, string>>,
  circumstances: Circumstances,
): X509Certificate[] {
  const { now, known, standing } = circumstances;
  const isFormer = (ca: X509Certificate) =>
    NAME.test(ca.subject) &&
    ca.ca &&
    isValid(ca, now) &&
    unsoundness(ca, circumstances) === undefined;
  const stored = certificatesIn(`${data['tls.crt'] ?? ''}\n${data['ca.crt'] ?? ''}`);
  const former = [...stored, ...known, ...standing].filter(isFormer);
  return [...new Map(former.map((ca) => [identityOf(ca), ca])).values()];
}

/** Why a CA is not to be trusted, from any maker; undefined when there is no reason. */
function unsoundness(
  { publicKey, validToDate }: X509Certificate,
  { now, caLifeMs }: Circumstances,
): string | undefined {
  const { modulusLength = 0 } = publicKey.asymmetricKeyDetails ?? {};
  if (modulusLength < MIN_KEY_BITS) return `the CA's key is weaker than RSA ${MIN_KEY_BITS}`;
  if (validToDate.getTime() > now.getTime() + MAX_LIVES * caLifeMs) {
    return 'the CA is valid for longer than any that is made here';
  }
  return undefined;
}

/** The key as node-forge takes it; undefined when it is not that of the certificate. */
function rsaKeyOf(certificate: X509Certificate, pem: string): string | undefined {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType !== 'rsa' || !certificate.checkPrivateKey(key)) return undefined;
    return key.export({ type: 'pkcs1', format: 'pem' }).toString();
  } catch {
    return undefined;
  }
}

/** A pair that no caller trusts, to answer with until there is a better one. */
export async function provisionalPair({
  publicKey,
  privateKey,
}: RsaKeyPair): Promise<KeyCertificatePair> {
  const { issueCertificate } = await import('./issue.ts');
  const commonName = 'eni-config-guard, not trusted yet';
  const certificate = issueCertificate({
    commonName,
    publicKey,
    issuer: { commonName, key: privateKey },
    usage: 'server',
    notBefore: NOT_BEFORE,
    notAfter: new Date('2050-01-01T00:00:00Z'),
  });
  return { certificate, key: privateKey };
}
