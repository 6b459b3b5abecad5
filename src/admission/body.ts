import { UnreadableReviewError } from './request.ts';
import { salvageUid } from './salvage-uid.ts';
import { isTooComplex } from './structure.ts';

/** A body to which no AdmissionReview can answer because it has no readable uid. One line. */
export class NoUidError extends Error {
  constructor() {
    super('this is no AdmissionReview with a request.uid');
    this.name = 'NoUidError';
  }
}

type Body<Request> =
  { readonly request: Request } | { readonly uid: string; readonly unreadable: string };

/**
 * Reads the body of a call with `read`; `unreadable` is one line without user text. Throws NoUidError
 * when no answer could be addressed to it.
 */
export function readBody<Request>(
  text: string,
  read: (body: unknown) => Request | undefined,
): Body<Request> {
  if (isTooComplex(text))
    return unreadable(text, 'this AdmissionReview has too many values, or nests too deep');
  try {
    const request = read(parse(text));
    if (request) return { request };
  } catch (error) {
    if (!(error instanceof UnreadableReviewError)) throw error;
    return { uid: error.uid, unreadable: error.message };
  }
  return unreadable(text, 'this AdmissionReview is not valid JSON');
}

function unreadable(text: string, why: string) {
  const uid = salvageUid(text);
  if (uid === undefined) throw new NoUidError();
  return { uid, unreadable: why };
}

/** A broken text is undefined. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
