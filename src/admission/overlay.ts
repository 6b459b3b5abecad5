import type { LabelledNodes, Overlay } from '../engine/core/eni-config.ts';
import { lostKeys } from '../engine/core/overlay.ts';
import type { StoredObject } from '../engine/core/stored-object.ts';
import type { AdmissionRequest } from './request.ts';

/** What is asked of the cluster about a write to an overlay; both reject when there is no answer. */
export interface OverlayQuestions {
  /** Reads eni-config as it is now; undefined when there is none. */
  readonly stored: () => Promise<StoredObject | undefined>;
  /** Counts the nodes whose label names the overlay. */
  readonly nodes: (name: string) => Promise<LabelledNodes>;
}

/**
 * The request with what the cluster says of it: the eni-config that the overlay is merged over, with
 * an open break-glass note on it, and the nodes that lose what the write takes away. Events are told
 * at eni-config, so its uid counts. Never rejects: what is not known stays so.
 */
export async function withCluster(
  request: AdmissionRequest,
  overlay: Overlay,
  questions: OverlayQuestions | undefined,
): Promise<AdmissionRequest> {
  const { change } = request;
  if (!change || !questions) return request;
  const isLoss = lostKeys(change).length > 0;
  const [stored, nodes] = await Promise.all([
    unlessItFails(questions.stored),
    isLoss ? unlessItFails(async () => questions.nodes(overlay.name)) : undefined,
  ]);
  const base = stored?.configMap;
  const noted = base?.breakGlass && { breakGlass: base.breakGlass };
  return {
    ...request,
    objectUid: stored?.uid,
    change: {
      ...change,
      old: change.old && { ...change.old, ...noted },
      new: change.new && { ...change.new, ...noted },
      overlay: { ...overlay, base, nodes },
    },
  };
}

async function unlessItFails<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch {
    return undefined;
  }
}
