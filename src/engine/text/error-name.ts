/** What of an error may be told wherever: messages may quote a document, so only the class. */
export const errorName = (error: unknown): string =>
  error instanceof Error ? error.name : typeof error;
