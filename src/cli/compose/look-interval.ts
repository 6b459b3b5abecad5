import type { TlsConfig } from '../../config/config.ts';

export const HOUR_MS = 60 * 60 * 1000;

/** Time between two looks at Secrets and webhook configurations, two or three small reads. */
const LOOK_MS = 5_000;

/** A short life (minutes, seconds) is divided into that many looks, down to this interval. */
const LOOKS_IN_A_LIFE = 60;
const MIN_LOOK_MS = 200;

/** How often a guard and `trust` look at their certificates, in milliseconds. */
export function lookInterval({ source, caHours, certificateHours }: TlsConfig): number {
  if (source !== 'self-signed') return LOOK_MS;
  const lifeMs = Math.min(caHours, certificateHours) * HOUR_MS;
  return Math.max(MIN_LOOK_MS, Math.min(LOOK_MS, lifeMs / LOOKS_IN_A_LIFE));
}
