import type { Flags } from './arguments.ts';

/** Flags that several commands have, so that they are called and explained the same everywhere. */

export const CONFIG = {
  config: { value: 'FILE', about: "the guard's configuration file" },
} as const satisfies Flags;

export const CONFIG_DIGEST = {
  'config-digest': {
    value: 'SHA256',
    about: 'refuse a configuration file with another text than this one',
  },
} as const satisfies Flags;

export const KUBECONFIG = {
  kubeconfig: { value: 'FILE', about: 'how to reach the cluster; otherwise as kubectl finds it' },
  context: { value: 'NAME', about: 'a context of the kubeconfig; otherwise the current one' },
} as const satisfies Flags;

export const OUTPUT = {
  output: { value: 'FORMAT', values: ['text', 'json'], about: 'for people (default) or programs' },
} as const satisfies Flags;
