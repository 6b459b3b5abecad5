/** A moment in milliseconds since 1970 as RFC 3339, in whole seconds: `metav1.Time` has no smaller ones. */
export const inSeconds = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
