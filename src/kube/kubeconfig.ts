import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { quoted, printable } from '../engine/text/text.ts';
import { ApiError, NO_CREDENTIALS } from './api-error.ts';

/** Which of a person's clusters is meant. */
export interface Connection {
  /** Path of a kubeconfig; otherwise KUBECONFIG, ~/.kube/config or the pod's service account. */
  readonly kubeconfig?: string | undefined;
  /** Name of a context of it; otherwise the current one. */
  readonly context?: string | undefined;
}

const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

export const noCredentials = (message: string) => new ApiError(undefined, NO_CREDENTIALS, message);

/** A kubeconfig, and how a message calls it. */
export interface NamedKubeConfig {
  readonly config: KubeConfig;
  readonly name: string;
}

/**
 * Finds the kubeconfig as kubectl does. Throws ApiError (NO_CREDENTIALS) when there is none or it
 * can't be used; its text is never quoted, as it holds keys.
 */
export function findKubeConfig({ kubeconfig, context }: Connection): NamedKubeConfig {
  const found =
    kubeconfig === undefined
      ? fromEnvironment()
      : { config: merged([readFile(kubeconfig)]), name: nameOf(kubeconfig) };
  if (context !== undefined) {
    if (!found.config.getContextObject(context)) {
      throw noCredentials(`${found.name} has no context ${quoted(context)}`);
    }
    found.config.setCurrentContext(context);
  }
  return found;
}

function fromEnvironment(): NamedKubeConfig {
  const list = process.env.KUBECONFIG ?? '';
  const files =
    list === ''
      ? [join(homedir(), '.kube', 'config')]
      : [...new Set(list.split(delimiter))].filter((file) => file !== '');
  // As in kubectl, a file of the list that does not exist is as good as an empty one.
  const present = files.filter((file) => existsSync(file));
  const [only] = present;
  if (only !== undefined) {
    const name = present.length === 1 ? nameOf(only) : 'the kubeconfig list KUBECONFIG';
    return { config: merged(present.map(readFile)), name };
  }
  if (existsSync(TOKEN)) {
    const config = new KubeConfig();
    config.loadFromCluster();
    return { config, name: "the pod's service account" };
  }
  const missing = list === '' ? '' : ` (KUBECONFIG names ${printable(list, 200)})`;
  throw noCredentials(
    `there is neither a kubeconfig nor a service account to connect with${missing}`,
  );
}

const nameOf = (file: string) => `kubeconfig ${printable(file)}`;

function readFile(file: string): KubeConfig {
  const config = new KubeConfig();
  try {
    // kubectl takes an empty file for one that names nothing.
    if (readFileSync(file, 'utf8').trim() !== '') config.loadFromFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === undefined ? 'holds no kubeconfig' : `can't be read (${code})`;
    throw noCredentials(`${nameOf(file)} ${why}`);
  }
  return config;
}

/**
 * One kubeconfig of several: of two entries with one name the first counts, as a whole, and the
 * first current-context that is set. Source: client-go, tools/clientcmd, ClientConfigLoadingRules.
 * The client's own merge takes the last current-context and refuses a name that comes twice.
 */
function merged(configs: readonly KubeConfig[]): KubeConfig {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: firstOfEach(configs.flatMap((one) => one.getClusters())),
    users: firstOfEach(configs.flatMap((one) => one.getUsers())),
    contexts: firstOfEach(configs.flatMap((one) => one.getContexts())),
    currentContext: configs.map((one) => one.getCurrentContext()).find(Boolean) ?? '',
  });
  return config;
}

function firstOfEach<T extends { readonly name: string }>(entries: readonly T[]): T[] {
  const firsts = new Map<string, T>();
  for (const entry of entries) if (!firsts.has(entry.name)) firsts.set(entry.name, entry);
  return [...firsts.values()];
}
