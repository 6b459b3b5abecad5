import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';

/** Both halves of an RSA key, PEM. */
export interface RsaKeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** Native key generation, off the main thread: node-forge's own takes seconds. */
export async function newRsaKeyPair(): Promise<RsaKeyPair> {
  return promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
}
