import { constants, privateEncrypt } from 'node:crypto';
import type forge from 'node-forge';

/** DER of the DigestInfo of a SHA-256 digest, up to the digest. Source: RFC 8017, section 9.2. */
const SHA256_DIGEST_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex');

/**
 * The private key, PEM, as node-forge needs it to sign a certificate with SHA-256. Node does the
 * arithmetic: node-forge's own takes a tenth of a second of the main thread.
 */
export function sha256Signer(privateKey: string): forge.pki.rsa.PrivateKey {
  const sign = (message: forge.md.MessageDigest): string => {
    const digest = Buffer.from(message.digest().getBytes(), 'binary');
    const padding = constants.RSA_PKCS1_PADDING;
    const info = Buffer.concat([SHA256_DIGEST_INFO, digest]);
    return privateEncrypt({ key: privateKey, padding }, info).toString('binary');
  };
  return { sign } as unknown as forge.pki.rsa.PrivateKey;
}
