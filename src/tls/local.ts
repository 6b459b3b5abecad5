import { X509Certificate, createPrivateKey, generateKeyPair } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { KeyCertificatePair } from './pair.ts';

/**
 * A certificate for trying the guard on one machine: a CA made on the spot and a leaf for
 * localhost signed by it. Clusters get theirs elsewhere.
 */

const NAMES = ['localhost'];
const ADDRESSES = ['127.0.0.1', '::1'];
const VALID_DAYS = 365;
const RENEW_BEFORE_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;

const files = (directory: string) => ({
  ca: join(directory, 'ca.crt'),
  certificate: join(directory, 'tls.crt'),
  key: join(directory, 'tls.key'),
});

/**
 * The pair in `directory` (ca.crt, tls.crt, tls.key). Makes a new one when files are missing or
 * the certificate has less than 30 days left. Throws what the file system throws.
 */
export async function localCertificate(
  directory: string,
  now = new Date(),
): Promise<KeyCertificatePair> {
  const stored = readPair(directory);
  if (stored && isFresh(stored, now)) return stored;
  const made = await makePair(now);
  mkdirSync(directory, { recursive: true });
  const paths = files(directory);
  write(paths.ca, made.ca);
  write(paths.certificate, made.certificate);
  write(paths.key, made.key);
  return made;
}

function readPair(directory: string): KeyCertificatePair | undefined {
  const paths = files(directory);
  try {
    return {
      ca: readFileSync(paths.ca, 'utf8'),
      certificate: readFileSync(paths.certificate, 'utf8'),
      key: readFileSync(paths.key, 'utf8'),
    };
  } catch {
    return undefined;
  }
}

function isFresh({ ca, certificate, key }: KeyCertificatePair, now: Date): boolean {
  try {
    const leaf = new X509Certificate(certificate);
    const left = new Date(leaf.validTo).getTime() - now.getTime();
    const isPair = leaf.checkPrivateKey(createPrivateKey(key));
    const isSigned = leaf.verify(new X509Certificate(ca).publicKey);
    return left > RENEW_BEFORE_DAYS * DAY_MS && isPair && isSigned;
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

/** Native key generation: node-forge's own takes seconds. */
async function rsaKey(): Promise<{ publicKey: string; privateKey: string }> {
  return promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
}

async function makePair(now: Date): Promise<KeyCertificatePair> {
  const [{ issueCertificate }, caKey, leafKey] = await Promise.all([
    import('./issue.ts'),
    rsaKey(),
    rsaKey(),
  ]);
  const validity = {
    notBefore: new Date(now.getTime() - DAY_MS / 24),
    notAfter: new Date(now.getTime() + VALID_DAYS * DAY_MS),
  };
  const ca = issueCertificate({
    ...validity,
    commonName: 'eni-config-guard local CA',
    publicKey: caKey.publicKey,
    issuer: { commonName: 'eni-config-guard local CA', key: caKey.privateKey },
    usage: 'ca',
  });
  const certificate = issueCertificate({
    ...validity,
    commonName: 'localhost',
    publicKey: leafKey.publicKey,
    issuer: { commonName: 'eni-config-guard local CA', key: caKey.privateKey },
    usage: 'server',
    names: NAMES,
    addresses: ADDRESSES,
  });
  return { ca, certificate, key: leafKey.privateKey };
}
