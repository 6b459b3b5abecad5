import type { BreakGlassAnswer } from '../engine/core/break-glass.ts';
import type { Verdict } from '../engine/core/decide.ts';
import type { ConfigMap } from '../engine/core/eni-config.ts';
import type { Exemption } from '../engine/core/exemption.ts';
import type { Facts } from '../engine/core/facts.ts';
import type { DecidedFinding } from '../engine/core/finding.ts';
import type { AdmissionRequest } from './request.ts';
import type { AdmissionResponse } from './response.ts';

/** What one call came to, at any of the endpoints: the answer, and what is recorded of it. */
export interface Outcome {
  readonly response: AdmissionResponse;
  /** Absent when the body could not be read. */
  readonly request?: AdmissionRequest;
  /** On the object that was judged: for a write as it would be stored, for a restart as it is stored. */
  readonly verdict?: Verdict;
  /** That object; absent when it does not exist. */
  readonly object?: ConfigMap | undefined;
  /** `metadata.uid` of the guarded object, which Events refer to. */
  readonly objectUid?: string | undefined;
  /** What the verdict rests on; for a restart the cluster as it will be when the pods are replaced. */
  readonly facts?: Facts;
  /**
   * What is wrong enough to refuse: the findings for which a write is refused, or would be without the
   * exemption; the findings for which a restart takes nodes down, whether it is refused or not.
   */
  readonly objections?: readonly DecidedFinding[];
  /** Why the author is refused nothing. */
  readonly exemption?: Exemption | undefined;
  /** What came of a break-glass request, where it mattered for a write. */
  readonly breakGlass?: BreakGlassAnswer | undefined;
  /** Ids of the defaults that a mutation added. */
  readonly injected?: readonly string[];
  /** Why the review could not be read; one line without user text. */
  readonly unreadable?: string;
  /**
   * The guard itself failed: the class of the error, as its message may quote a document, and the API
   * server's reason where it gave one.
   */
  readonly failure?: string;
  /** To be called when the answer has left and nothing else waits, or never: it saves the next call time. */
  readonly afterwards?: () => void;
}
