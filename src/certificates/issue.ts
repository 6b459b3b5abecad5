import { createPublicKey, randomBytes } from 'node:crypto';
import forge from 'node-forge';
import { sha256Signer } from './signer.ts';

/** What a certificate is to say; keys are PEM, RSA (node-forge signs with nothing else). */
export interface CertificateRequest {
  readonly commonName: string;
  readonly publicKey: string;
  /** Who signs; for a self-signed CA the subject itself. */
  readonly issuer: { readonly commonName: string; readonly key: string };
  readonly usage: 'ca' | 'server';
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** DNS names and IP addresses the certificate is for. */
  readonly names?: readonly string[];
  readonly addresses?: readonly string[];
}

const DNS_NAME = 2;
const IP_ADDRESS = 7;

/** Signs an X.509 v3 certificate with SHA-256 and returns it as PEM. */
export function issueCertificate(request: CertificateRequest): string {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(request.publicKey);
  certificate.serialNumber = serialNumber();
  certificate.validity.notBefore = request.notBefore;
  certificate.validity.notAfter = request.notAfter;
  certificate.setSubject([{ shortName: 'CN', value: request.commonName }]);
  certificate.setIssuer([{ shortName: 'CN', value: request.issuer.commonName }]);
  certificate.setExtensions(extensionsOf(request));
  certificate.sign(sha256Signer(request.issuer.key), forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate);
}

/** 128 random bits, positive: two certificates of one CA must never share a serial number. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes.toString('hex');
}

function extensionsOf({ usage, issuer, names = [], addresses = [] }: CertificateRequest): object[] {
  if (usage === 'ca') {
    return [
      { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0 },
      { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
      { name: 'subjectKeyIdentifier' },
    ];
  }
  return [
    { name: 'basicConstraints', critical: true, cA: false },
    { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectKeyIdentifier' },
    // RFC 5280 wants it of all but self-signed certificates, and Python 3.13 insists.
    { name: 'authorityKeyIdentifier', keyIdentifier: identifierOf(issuer.key) },
    ...(names.length + addresses.length === 0
      ? []
      : [
          {
            name: 'subjectAltName',
            altNames: [
              ...names.map((value) => ({ type: DNS_NAME, value })),
              ...addresses.map((ip) => ({ type: IP_ADDRESS, ip })),
            ],
          },
        ]),
  ];
}

/** The identifier that a CA made here has, by its private key; bytes as node-forge takes them. */
function identifierOf(privateKey: string): string {
  const pem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
  const publicKey = forge.pki.publicKeyFromPem(pem);
  return forge.pki.getPublicKeyFingerprint(publicKey, { type: 'RSAPublicKey' }).getBytes();
}
