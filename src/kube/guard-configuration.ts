import type { ApiServer } from './api.ts';

const NAME = 'eni-config-guard';

interface Deployment {
  readonly spec?: {
    readonly template?: {
      readonly spec?: { readonly containers?: readonly { readonly args?: readonly string[] }[] };
    };
  };
}

/** The guard's own configuration as the cluster has it. */
export interface GuardConfiguration {
  /** The text in the ConfigMap. */
  readonly text: string;
  /** The digest that the Deployment was installed with. */
  readonly installed: string;
}

/**
 * Reads the ConfigMap and the Deployment of the chart; undefined when there are none, when the caller
 * may not read them, or when the API server does not answer.
 */
export async function readGuardConfiguration(
  api: ApiServer,
  namespace: string,
): Promise<GuardConfiguration | undefined> {
  const folder = encodeURIComponent(namespace);
  try {
    const [configMap, deployment] = await Promise.all([
      api.call<{ readonly data?: Readonly<Record<string, string>> }>({
        method: 'GET',
        path: `/api/v1/namespaces/${folder}/configmaps/${NAME}`,
      }),
      api.call<Deployment>({
        method: 'GET',
        path: `/apis/apps/v1/namespaces/${folder}/deployments/${NAME}`,
      }),
    ]);
    const args = deployment.spec?.template?.spec?.containers?.[0]?.args ?? [];
    const text = configMap.data?.['config.yaml'];
    const installed = args[args.indexOf('--config-digest') + 1];
    if (text === undefined || installed === undefined || !args.includes('--config-digest')) {
      return undefined;
    }
    return { text, installed };
  } catch {
    return undefined;
  }
}
