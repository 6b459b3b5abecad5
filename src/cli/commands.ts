import type { CommandEntry } from './frame/command.ts';

/** The commands, in the order in which help lists them; a file each. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'serve',
    summary: 'answer admission reviews over HTTPS',
    load: async () => (await import('./serve.ts')).command,
  },
  {
    name: 'lint',
    summary: 'judge eni-config in files as the webhook would',
    load: async () => (await import('./lint.ts')).command,
  },
  {
    name: 'fix',
    summary: 'mend eni-config in files where it is certain how',
    load: async () => (await import('./fix.ts')).command,
  },
  {
    name: 'render',
    summary: 'show the file that a node gets of eni-config, or what a change makes of it',
    load: async () => (await import('./render.ts')).command,
  },
  {
    name: 'explain',
    summary: 'print the page of a rule, or list the rules',
    load: async () => (await import('./explain.ts')).command,
  },
  {
    name: 'trust',
    summary: 'make and renew certificates, and have the API server trust them',
    load: async () => (await import('./trust.ts')).command,
  },
  {
    name: 'status',
    summary: 'tell whether Terway pods can restart on what is stored',
    load: async () => (await import('./status.ts')).command,
  },
  {
    name: 'nodes',
    summary: 'tell of every node whether it runs the chain that is stored',
    load: async () => (await import('./nodes.ts')).command,
  },
  {
    name: 'rollout',
    summary: 'restart Terway node by node on what is stored, and stop where it harms',
    load: async () => (await import('./rollout.ts')).command,
  },
  {
    name: 'facts',
    summary: 'print what the guard knows of a cluster, from where, and how old it is',
    load: async () => (await import('./facts.ts')).command,
  },
  {
    name: 'verify',
    summary: 'see whether the cluster refuses a bad chain (dry run)',
    load: async () => (await import('./verify.ts')).command,
  },
  {
    name: 'doctor',
    summary: 'say what a sentence of kubectl or containerd means, or check the way to the guard',
    load: async () => (await import('./doctor.ts')).command,
  },
  {
    name: 'history',
    summary: 'show what stood in eni-config lately, and who wrote it',
    load: async () => (await import('./history.ts')).command,
  },
  {
    name: 'rollback',
    summary: 'put the texts of a revision back, through the guard',
    load: async () => (await import('./rollback.ts')).command,
  },
  {
    name: 'replay',
    summary: 'tell what the rules of today would make of past writes',
    load: async () => (await import('./replay.ts')).command,
  },
  {
    name: 'probe',
    summary: "say which CNI plugins lie in a node's directory",
    load: async () => (await import('./probe.ts')).command,
  },
  {
    name: 'completion',
    summary: 'print a script that lets a shell complete commands and flags',
    load: async () => (await import('./completion.ts')).command,
  },
  {
    name: 'version',
    summary: "print the program's own version",
    load: async () => (await import('./version.ts')).command,
  },
];
