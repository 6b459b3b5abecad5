import { createHash } from 'node:crypto';

/** What a configuration is known by: SHA-256 of its text, in hexadecimal digits. */
export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
