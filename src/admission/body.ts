import { UnreadableReviewError } from './request.ts';
import { salvageUid } from './salvage-uid.ts';

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
  try {
    const request = read(parse(text));
    if (request) return { request };
  } catch (error) {
    if (!(error instanceof UnreadableReviewError)) throw error;
    return { uid: error.uid, unreadable: error.message };
  }
  const uid = salvageUid(text);
  if (uid === undefined) throw new NoUidError();
  return { uid, unreadable: 'this AdmissionReview is not valid JSON' };
}

/** JSON.parse does not recurse, so depth is no danger here; a broken text is undefined. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
