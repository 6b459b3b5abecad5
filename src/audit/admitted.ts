import type { Outcome } from '../admission/outcome.ts';
import type { ConfigMap } from '../engine/core/eni-config.ts';
import type { Endpoint } from './metrics.ts';

/** Told of writes of eni-config that are let through. `admit` returns at once. */
export interface AdmittedSink {
  /** What is to be stored; undefined: it is to be deleted. */
  admit(object: ConfigMap | undefined, user: string): void;
}

/** Tells `sink` of a write that is let through for good: nothing but the storage comes after it. */
export function tellAdmitted(
  sink: AdmittedSink,
  endpoint: Endpoint,
  { response, request }: Outcome,
): void {
  if (endpoint !== 'validate' || !response.allowed) return;
  const { change, dryRun, user } = request ?? {};
  if (!change || !user || dryRun || change.overlay) return;
  sink.admit(change.new, user.name);
}
