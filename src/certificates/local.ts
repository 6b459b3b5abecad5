import { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newRsaKeyPair } from './key.ts';
import { type KeyCertificatePair, belongTogether } from './pair.ts';

/**
 * A certificate for trying the guard on one machine: a CA made on the spot and a leaf for
 * localhost signed by it. Clusters get theirs elsewhere.
 */

const CA_NAME = 'eni-config-guard local CA';
const NAMES = ['localhost'];
const ADDRESSES = ['127.0.0.1', '::1'];
const VALID_DAYS = 365;
const RENEW_BEFORE_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;

/** The CA that signed the pair, PEM: what callers on this machine must trust. */
export interface LocalCertificate extends KeyCertificatePair {
  readonly ca: string;
}

const files = (directory: string) => ({
  ca: join(directory, 'ca.crt'),
  certificate: join(directory, 'tls.crt'),
  key: join(directory, 'tls.key'),
});

/** The certificate files can't be used as they are; `message` says which and why. */
export class CertificateError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CertificateError';
  }
}

/**
 * The pair in `directory` (ca.crt, tls.crt, tls.key). Made when none of the files is there; one
 * that was made here is made anew when it is broken or has less than 30 days left. Files
 * from elsewhere are used as they are and never overwritten: CertificateError when they are
 * incomplete or do not belong together. Throws what the file system throws.
 */
export async function localCertificate(
  directory: string,
  now = new Date(),
): Promise<LocalCertificate> {
  const stored = readFiles(directory);
  if (stored.certificate !== '' && !isOurs(stored)) return usable(stored, directory);
  if (isFresh(stored, now)) return stored;
  const made = await makePair(now);
  mkdirSync(directory, { recursive: true });
  const paths = files(directory);
  write(paths.ca, made.ca);
  write(paths.certificate, made.certificate);
  write(paths.key, made.key);
  return made;
}

/** Whether the certificate was made here; one that can't be read was not. */
function isOurs({ certificate }: KeyCertificatePair): boolean {
  try {
    return new X509Certificate(certificate).issuer.includes(CA_NAME);
  } catch {
    return true;
  }
}

function usable(pair: LocalCertificate, directory: string): LocalCertificate {
  if (belongTogether(pair)) return pair;
  throw new CertificateError(
    `tls.key and tls.crt in ${directory} do not belong together; remove both to have new ones made`,
  );
}

/** What stands in the files; a missing one is empty. */
function readFiles(directory: string): LocalCertificate {
  const { ca, certificate, key } = files(directory);
  return { ca: read(ca), certificate: read(certificate), key: read(key) };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function isFresh(pair: LocalCertificate, now: Date): boolean {
  try {
    const leaf = new X509Certificate(pair.certificate);
    const left = new Date(leaf.validTo).getTime() - now.getTime();
    const isSigned = leaf.verify(new X509Certificate(pair.ca).publicKey);
    return left > RENEW_BEFORE_DAYS * DAY_MS && isSigned && belongTogether(pair);
  } catch {
    return false;
  }
}

/** Whole files only: a reader never sees half a key. */
function write(path: string, text: string): void {
  const draft = `${path}.new`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, path);
}

async function makePair(now: Date): Promise<LocalCertificate> {
  const [{ issueCertificate }, caKey, leafKey] = await Promise.all([
    import('./issue.ts'),
    newRsaKeyPair(),
    newRsaKeyPair(),
  ]);
  const validity = {
    notBefore: new Date(now.getTime() - DAY_MS / 24),
    notAfter: new Date(now.getTime() + VALID_DAYS * DAY_MS),
  };
  const ca = issueCertificate({
    ...validity,
    commonName: CA_NAME,
    publicKey: caKey.publicKey,
    issuer: { commonName: CA_NAME, key: caKey.privateKey },
    usage: 'ca',
  });
  const certificate = issueCertificate({
    ...validity,
    commonName: 'localhost',
    publicKey: leafKey.publicKey,
    issuer: { commonName: CA_NAME, key: caKey.privateKey },
    usage: 'server',
    names: NAMES,
    addresses: ADDRESSES,
  });
  return { ca, certificate, key: leafKey.privateKey };
}
