import { readFileSync } from 'node:fs';

import { processIn } from '../../support/dockerfile.ts';
import type { Container, EnvVar, Pod } from './objects.ts';

const DOCKERFILE = new URL('../../../Dockerfile', import.meta.url);
const IMAGE = processIn(readFileSync(DOCKERFILE, 'utf8'));
/** A container runtime takes it from the image's /etc/passwd. */
const HOME = '/';

/** A process as a pod's template describes it. */
export interface ProcessOfContainer {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The command line and environment of a container, as a kubelet works them out: `command` replaces
 * the image's entrypoint, `$(NAME)` stands for a variable. Throws for what it can't work out, so that
 * nothing the chart says is left out silently.
 */
export function processOf(
  container: Container,
  pod: Pod,
  cluster: Readonly<Record<string, string>>,
): ProcessOfContainer {
  if (container.envFrom !== undefined) throw new Error('envFrom is not worked out here');
  const env: Record<string, string> = { HOME, ...IMAGE.environment, ...cluster };
  for (const variable of container.env ?? []) env[variable.name] = valueOf(variable, pod, env);
  const words = [...(container.command ?? IMAGE.entrypoint), ...(container.args ?? [])];
  return { command: words.map((word) => expanded(word, env)), env };
}

function valueOf({ name, value, valueFrom }: EnvVar, pod: Pod, env: Record<string, string>) {
  if (valueFrom === undefined) return expanded(value ?? '', env);
  const path = valueFrom.fieldRef?.fieldPath;
  const field = path === undefined ? undefined : FIELDS[path]?.(pod);
  if (field === undefined) throw new Error(`the value of ${name} can't be worked out here`);
  return field;
}

const FIELDS: Readonly<Record<string, (pod: Pod) => string | undefined>> = {
  'metadata.name': (pod) => pod.metadata?.name,
  'metadata.namespace': (pod) => pod.metadata?.namespace,
  'metadata.uid': (pod) => pod.metadata?.uid,
  'spec.nodeName': (pod) => pod.spec?.nodeName,
  'spec.serviceAccountName': (pod) => pod.spec?.serviceAccountName,
  'status.podIP': (pod) => pod.status?.podIP,
  'status.hostIP': (pod) => pod.status?.hostIP,
};

/** `$(NAME)` becomes the variable's value if there is one; `$$` is a plain dollar sign. */
function expanded(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$(?:\$|\(([^()]+)\))/g, (match, name?: string) =>
    name === undefined ? '$' : (env[name] ?? match),
  );
}
