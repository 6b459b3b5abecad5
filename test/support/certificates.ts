import { generateKeyPair, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import forge from 'node-forge';
import { sha256Signer } from '../../src/certificates/signer.ts';

// Guards whose clock is set ahead by a year must still be able to trust their API server.
const VALIDITY_MS = 1000 * 24 * 60 * 60 * 1000;
// The clock of a virtual machine may be set back a little between two processes' readings.
const CLOCK_SKEW_MS = 5 * 60 * 1000;

/** A private key and its certificate, both PEM. */
export interface Credential {
  readonly certificate: string;
  readonly privateKey: string;
}

/** A throw-away certificate authority for servers on this machine and their clients. */
export class CertificateAuthority {
  readonly #credential: Credential;

  private constructor(credential: Credential) {
    this.#credential = credential;
  }

  static async create(): Promise<CertificateAuthority> {
    const { privateKey, publicKey } = await rsaKeyPair();
    const certificate = newCertificate(publicKey, [commonName('throw-away CA')]);
    certificate.setIssuer(certificate.subject.attributes);
    certificate.setExtensions([
      { name: 'basicConstraints', critical: true, cA: true },
      { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
    ]);
    return new CertificateAuthority(signed(certificate, privateKey, privateKey));
  }

  /** The authority's own certificate, PEM. */
  get certificate(): string {
    return this.#credential.certificate;
  }

  /** A credential for a server reached at these IP addresses or by these names, and as `localhost`. */
  async issueServer(hosts: readonly string[]): Promise<Credential> {
    const altNames = ['localhost', ...hosts].map((host) =>
      isIP(host) === 0 ? { type: 2, value: host } : { type: 7, ip: host },
    );
    return this.#issue(
      [commonName('throw-away server')],
      [
        { name: 'extKeyUsage', serverAuth: true },
        { name: 'subjectAltName', altNames },
      ],
    );
  }

  /** A credential that makes its bearer this user, member of these groups, to the API server. */
  async issueClient(user: string, groups: readonly string[]): Promise<Credential> {
    return this.#issue(
      [commonName(user), ...groups.map((group) => utf8('organizationName', group))],
      [{ name: 'extKeyUsage', clientAuth: true }],
    );
  }

  async #issue(
    subject: forge.pki.CertificateField[],
    extensions: Record<string, unknown>[],
  ): Promise<Credential> {
    const { privateKey, publicKey } = await rsaKeyPair();
    const certificate = newCertificate(publicKey, subject);
    const issuer = forge.pki.certificateFromPem(this.#credential.certificate);
    certificate.setIssuer(issuer.subject.attributes);
    certificate.setExtensions([
      { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
      ...extensions,
    ]);
    return signed(certificate, privateKey, this.#credential.privateKey);
  }
}

/** A fresh RSA key pair, PEM. Node makes it: node-forge would take seconds. */
export async function rsaKeyPair(): Promise<{ privateKey: string; publicKey: string }> {
  return promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
}

function newCertificate(
  publicKey: string,
  subject: forge.pki.CertificateField[],
): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  // A leading 01 keeps the number positive and free of leading zeros, as X.509 asks.
  certificate.serialNumber = `01${randomBytes(15).toString('hex')}`;
  certificate.validity.notBefore = new Date(Date.now() - CLOCK_SKEW_MS);
  certificate.validity.notAfter = new Date(Date.now() + VALIDITY_MS);
  certificate.setSubject(subject);
  return certificate;
}

function signed(
  certificate: forge.pki.Certificate,
  privateKey: string,
  issuerKey: string,
): Credential {
  certificate.sign(sha256Signer(issuerKey), forge.md.sha256.create());
  return { certificate: forge.pki.certificateToPem(certificate), privateKey };
}

function commonName(value: string): forge.pki.CertificateField {
  return utf8('commonName', value);
}

// node-forge would write a PrintableString, which has no room for "@" or "_"; Go refuses such a name.
function utf8(name: string, value: string): forge.pki.CertificateField {
  const valueTagClass = forge.asn1.Type.UTF8 as unknown as forge.asn1.Class;
  return { name, value, valueTagClass };
}
