import type { Webhook, WebhookConfiguration, WebhookConfigurations } from './ports.ts';
import { ApiError, type ApiServer, unlessMissing } from '../kube/api.ts';

/** Name of both configurations, whatever the installation is called. */
const NAME = 'eni-config-guard';
/** The guard's own, so that a tool that applies the configurations does not own the caBundle. */
const FIELD_MANAGER = 'eni-config-guard';
/** The guard's loop looks every few seconds: an API server that takes longer is as good as gone. */
const TIMEOUT_MS = 5_000;

const API_VERSION = 'admissionregistration.k8s.io/v1';
const KINDS = {
  mutatingwebhookconfiguration: 'MutatingWebhookConfiguration',
  validatingwebhookconfiguration: 'ValidatingWebhookConfiguration',
} as const;
type Resource = keyof typeof KINDS;
const RESOURCES = Object.keys(KINDS) as Resource[];

const pathOf = (resource: string) => `/apis/${API_VERSION}/${resource}s/${NAME}`;

interface ConfigurationObject {
  readonly metadata: { readonly uid: string; readonly resourceVersion: string };
  readonly webhooks?: readonly {
    readonly name: string;
    readonly clientConfig: {
      readonly caBundle?: string;
      readonly url?: string;
      readonly service?: {
        readonly name: string;
        readonly namespace: string;
        readonly path?: string;
      };
    };
  }[];
}

/** The webhook configurations called eni-config-guard. They are never made, only completed. */
export function webhookConfigurations(api: ApiServer): WebhookConfigurations {
  return {
    async read() {
      const found = await Promise.all(RESOURCES.map((resource) => readOne(api, resource)));
      return found.filter((configuration) => configuration !== undefined);
    },

    async writeBundle({ resource, uid, version, webhooks }, caBundle) {
      const encoded = Buffer.from(caBundle).toString('base64');
      try {
        await api.call({
          method: 'PATCH',
          path: pathOf(resource),
          // The manager that emptied the field owns it now.
          query: { fieldManager: FIELD_MANAGER, force: 'true' },
          contentType: 'application/apply-patch+yaml',
          body: {
            apiVersion: API_VERSION,
            kind: KINDS[resource],
            // Applying would make an object that is gone, or fill one that came after it; with its
            // uid and version the API server answers 409.
            metadata: { name: NAME, uid, resourceVersion: version },
            webhooks: webhooks.map(({ name }) => ({ name, clientConfig: { caBundle: encoded } })),
          },
          timeoutMs: TIMEOUT_MS,
        });
        return true;
      } catch (error) {
        if (error instanceof ApiError && error.status === 409) return false;
        throw error;
      }
    },
  };
}

async function readOne(
  api: ApiServer,
  resource: Resource,
): Promise<WebhookConfiguration | undefined> {
  const call = { method: 'GET', path: pathOf(resource), timeoutMs: TIMEOUT_MS } as const;
  const object = await unlessMissing(api.call<ConfigurationObject>(call));
  if (!object) return undefined;
  const { metadata, webhooks = [] } = object;
  const { uid, resourceVersion: version } = metadata;
  return { resource, uid, version, webhooks: webhooks.map(toWebhook) };
}

function toWebhook({
  name,
  clientConfig,
}: NonNullable<ConfigurationObject['webhooks']>[number]): Webhook {
  const { service, url = '', caBundle = '' } = clientConfig;
  // The API server asks for this name of a Service, and for a URL's own.
  const host = service ? `${service.name}.${service.namespace}.svc` : hostOf(url);
  const path = service ? (service.path ?? '/') : (URL.parse(url)?.pathname ?? '/');
  return { name, host, path, caBundle: Buffer.from(caBundle, 'base64').toString() };
}

const hostOf = (url: string) => URL.parse(url)?.hostname.replace(/^\[|\]$/g, '') ?? '';
