import type { SecretStore, StoredSecret } from './ports.ts';
import { ApiError, type ApiServer, unlessMissing } from '../kube/api.ts';

/** Who uses it looks every few seconds: an API server that takes longer is as good as gone. */
const TIMEOUT_MS = 5_000;

interface Secret {
  readonly metadata: { readonly resourceVersion: string };
  readonly data?: Readonly<Record<string, string>>;
}

/** The Secret of this name, which need not exist. */
export function secretStore(api: ApiServer, namespace: string, name: string): SecretStore {
  const secrets = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
  const path = `${secrets}/${encodeURIComponent(name)}`;
  return {
    name: `${namespace}/${name}`,

    async read() {
      const call = { method: 'GET', path, timeoutMs: TIMEOUT_MS } as const;
      const secret = await unlessMissing(api.call<Secret>(call));
      return secret && toStored(secret);
    },

    async write(data, known) {
      const encoded = Object.fromEntries(
        Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
      );
      try {
        // A merge leaves the labels that an installer put there, and keys that are others'.
        await api.call({
          method: 'PATCH',
          path,
          contentType: 'application/merge-patch+json',
          body: { metadata: { resourceVersion: known.version }, data: encoded },
          timeoutMs: TIMEOUT_MS,
        });
        return true;
      } catch (error) {
        // 409: changed meanwhile; 404: deleted meanwhile.
        if (error instanceof ApiError && [404, 409].includes(error.status ?? 0)) return false;
        throw error;
      }
    },
  };
}

function toStored({ metadata, data = {} }: Secret): StoredSecret {
  return {
    version: metadata.resourceVersion,
    data: Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
    ),
  };
}
