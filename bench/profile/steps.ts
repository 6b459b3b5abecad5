/** What a review goes through, in this order; the server of a step does all up to it. */
export const STEPS = {
  socket: "the kernel's TCP, and Node.js' event loop and streams around it",
  TLS: 'encryption, and one more stream',
  HTTP: "Node.js' parser, its request and response, headers",
  framework: 'fastify: routing, hooks, the reply',
  read: "bounds, the body's text, its JSON, what is asked",
  review: 'rules and verdict',
  answer: 'findings as text, and the longer answer written',
  record: 'the line of the log, written to a pipe, and metrics',
} as const;

export type Step = keyof typeof STEPS;
