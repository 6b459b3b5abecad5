import { Agent, type RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { type Connection, findKubeConfig, noCredentials } from './kubeconfig.ts';

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
export function readCredentials(connection: Connection): Credentials {
  const { config, name } = findKubeConfig(connection);
  const server = config.getCurrentCluster()?.server;
  if (typeof server !== 'string' || !server.startsWith('https://') || !URL.canParse(server)) {
    throw noCredentials(
      `the current context of ${name} leads to no https:// address of an API server`,
    );
  }
  return { url: server.replace(/\/+$/, ''), sign: signer(config) };
}

/** When an unused connection is closed: sooner than API servers and load balancers do it. */
const IDLE_MS = 30_000;

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
