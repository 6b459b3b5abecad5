import { type ApiServer, unlessMissing } from './api.ts';

const NAME = 'eni-config-guard';

interface Deployment {
  readonly spec?: {
    readonly template?: {
      readonly spec?: {
        readonly containers?: readonly { readonly image?: string }[];
        readonly imagePullSecrets?: readonly { readonly name?: string }[];
      };
    };
  };
}

/** What the guard runs. */
export interface GuardImage {
  readonly image: string;
  /** Names of Secrets in its namespace. */
  readonly pullSecrets: readonly string[];
}

/**
 * Reads from the chart's Deployment which image the guard runs; undefined where there is no Deployment.
 * Rejects with ApiError. Needs the right to get deployments/eni-config-guard.
 */
export async function readGuardImage(
  api: ApiServer,
  namespace: string,
): Promise<GuardImage | undefined> {
  const folder = encodeURIComponent(namespace);
  const path = `/apis/apps/v1/namespaces/${folder}/deployments/${NAME}`;
  const deployment = await unlessMissing(api.call<Deployment>({ method: 'GET', path }));
  const { containers = [], imagePullSecrets = [] } = deployment?.spec?.template?.spec ?? {};
  const image = containers[0]?.image;
  if (image === undefined) return undefined;
  return { image, pullSecrets: imagePullSecrets.flatMap(({ name }) => name ?? []) };
}
