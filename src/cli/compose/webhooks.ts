import type { BreakGlassOptions } from '../../admission/break-glass.ts';
import type { RestartGate } from '../../admission/restart-gate.ts';
import { ReviewAhead } from '../../admission/review-ahead.ts';
import type { WebhookOptions } from '../../admission/validate.ts';
import { mayUseBreakGlass } from '../../kube/access-review.ts';
import { type ApiServer, connect } from '../../kube/api.ts';
import { readStoredConfig } from '../../kube/eni-config.ts';
import { countLabelled } from '../../kube/labelled-nodes.ts';
import type { Config } from '../../config/config.ts';
import type { Facts } from '../../engine/core/facts.ts';
import { review, reviewStored } from '../../engine/rules/index.ts';

/** What decides at each of the webhook's endpoints. */
export interface Webhooks {
  readonly webhook: WebhookOptions;
  readonly restartGate: RestartGate;
}

/** Puts the webhooks together; without an API server they can't ask, and say so where it matters. */
export function createWebhooks(
  { policy, defaults, breakGlass: settings, restartGate: mode, floor: hasAdmissionPolicy }: Config,
  facts: () => Facts,
  api: ApiServer | undefined,
): Webhooks {
  const breakGlass: BreakGlassOptions | undefined = settings.enabled
    ? {
        maxMinutes: settings.maxMinutes,
        now: Date.now,
        mayUse: async (user) =>
          api ? mayUseBreakGlass(api, user) : { granted: false, failure: NO_API_SERVER },
      }
    : undefined;
  const stored = async () => {
    if (!api) throw new Error(NO_API_SERVER);
    return readStoredConfig(api);
  };
  const ahead = new ReviewAhead();
  const overlays = api && { stored, nodes: async (name: string) => countLabelled(api, name) };
  return {
    webhook: { review, facts, policy, defaults, breakGlass, hasAdmissionPolicy, overlays, ahead },
    restartGate: { mode, review: reviewStored, facts, policy, breakGlass, stored },
  };
}

const NO_API_SERVER = 'this guard was given no API server to ask';

/**
 * The API server to put questions to, where the configuration or the environment names one. A person
 * who tries the guard on a laptop does not want calls to the cluster that ~/.kube/config names.
 */
export function apiServerFor(
  { facts }: Config,
  { KUBERNETES_SERVICE_HOST: pod, KUBECONFIG: file }: NodeJS.ProcessEnv,
): ApiServer | undefined {
  const isNamed = [pod, file].some((value) => value !== undefined && value !== '');
  return facts.source === 'cluster' || isNamed ? connect() : undefined;
}
