/** What is looked at after each restart, in this order. */
export const CHECKS = {
  terway: "Terway's pod is ready",
  address: 'a new pod gets an address',
  'host-port': 'a host port answers, asked from another node',
  node: 'the node is Ready',
} as const;

export type Check = keyof typeof CHECKS;

/** What the checks of one node come to. */
export type Outcome =
  | { readonly kind: 'well' }
  /** `sentence` is the kubelet's own where it said one; printable. */
  | { readonly kind: 'harmed'; readonly check: Check; readonly sentence: string }
  /** The check could not be made, for a reason that says nothing of the chain; printable. */
  | { readonly kind: 'unchecked'; readonly check: Check; readonly why: string }
  /** The node was deleted meanwhile, as autoscalers do: there is nothing to be judged. */
  | { readonly kind: 'gone' };
