/** What the log of a node's init container comes to. */
export type Verification =
  /** What it printed is what eni-config gives it. */
  | { readonly outcome: 'same'; readonly datapath: string | undefined }
  /** It is something else; what, a sentence each. */
  | {
      readonly outcome: 'other';
      readonly datapath: string | undefined;
      readonly differences: readonly string[];
    }
  /** It could not be seen. */
  | { readonly outcome: 'unseen'; readonly why: string };
