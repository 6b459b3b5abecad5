import { Agent, type RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { printable } from '../engine/text/text.ts';
import { ApiError, NO_CREDENTIALS } from './api-error.ts';

export interface Connection {
  /** Path of a kubeconfig; otherwise KUBECONFIG, ~/.kube/config or the pod's service account. */
  readonly kubeconfig?: string | undefined;
}

/** Where an API server is, and what makes a request to it a trusted one. */
export interface Credentials {
  /** Base URL, without a slash at its end. */
  readonly url: string;
  /** Adds certificates, headers and the agent; runs the kubeconfig's credential plugin if it has one. */
  sign(options: RequestOptions): Promise<void>;
}

/**
 * Reads kubeconfig or service account. Throws ApiError (NO_CREDENTIALS) when there is none
 * or it can't be used; its text is never quoted, as it holds keys.
 */
export function readCredentials({ kubeconfig }: Connection): Credentials {
  const config = new KubeConfig();
  const what = kubeconfig === undefined ? 'the kubeconfig' : `kubeconfig ${printable(kubeconfig)}`;
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw refusal(code === undefined ? `${what} is none` : `${what} can't be read (${code})`);
  }
  const server = config.getCurrentCluster()?.server;
  // The library's default when it has found no configuration.
  if (server === 'http://localhost:8080') {
    throw refusal('there is neither a kubeconfig nor a service account to connect with');
  }
  if (typeof server !== 'string' || !server.startsWith('https://') || !URL.canParse(server)) {
    throw refusal(`the current context of ${what} leads to no https:// address of an API server`);
  }
  return { url: server.replace(/\/+$/, ''), sign: signer(config) };
}

/** When an unused connection is closed: sooner than API servers and load balancers do it. */
const IDLE_MS = 30_000;

const refusal = (message: string) => new ApiError(undefined, NO_CREDENTIALS, message);

function signer(config: KubeConfig): Credentials['sign'] {
  const isDirect = config.getCurrentCluster()?.proxyUrl === undefined;
  let agent: Agent | undefined;
  return async (options) => {
    await config.applyToHTTPSOptions(options);
    if (!isDirect || !(options.agent instanceof Agent)) return;
    // The client's own agent opens a connection for every call, which reads all certificates anew:
    // for the pages of a list that costs more time and memory than the list.
    agent ??= new Agent({ ...options.agent.options, keepAlive: true, timeout: IDLE_MS });
    options.agent = agent;
  };
}
