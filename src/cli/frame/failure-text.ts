import { printable } from '../../engine/text/text.ts';
import type { ApiError } from '../../kube/api.ts';

/** Longer than what the API server says of a right that is missing. */
const MAX_LENGTH = 600;

/** What a call failed with, in one line; of a missing right with the page that lists what is needed. */
export function failureText({ status, message }: ApiError, page: string): string {
  const text = printable(message, MAX_LENGTH);
  return status === 403 ? `${text}; ${page} lists the rights` : text;
}
