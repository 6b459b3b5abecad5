import { type Operation, applyPatch } from 'rfc6902';
import { mutate } from '../../src/admission/mutate.ts';
import type { AdmissionResponse } from '../../src/admission/response.ts';
import type { WebhookOptions } from '../../src/admission/validate.ts';
import { CONFLIST_KEY } from '../../src/engine/core/eni-config.ts';
import type {
  Datapath,
  Facts,
  KubeProxyMode,
  NodeGroup,
  VersionFact,
} from '../../src/engine/core/facts.ts';
import { DEFAULTS, type DefaultId } from '../../src/engine/defaults/defaults.ts';
import type { DefaultsPolicy } from '../../src/engine/defaults/policy.ts';
import { BASE_VENDOR, type Data, withConflist } from './config-maps.ts';
import { known, knownVersion } from './facts.ts';
import { reviewObject } from './reviews.ts';
import { WEBHOOK } from './running-app.ts';

/** Calls of `POST /mutate` without a server, and what the API server makes of the answers. */

/** What is known of a cluster; what is left out is unknown. */
export interface Known {
  readonly terway?: string;
  readonly portmap?: string;
  readonly kubeProxy?: KubeProxyMode;
  readonly datapath?: Datapath;
  /** Nodes without kube-proxy. */
  readonly withoutKubeProxy?: number;
  /** Nodes of ten whose portmap is not known. */
  readonly portmapUnknownOn?: number;
  /** The version of portmap is only a guess. */
  readonly portmapEstimated?: boolean;
}

/** A cluster of which everything is known that a default asks for. */
export const ACK: Known = { terway: '1.15.2', portmap: '1.7.1', kubeProxy: 'ipvs' };

const nodes = (count: number): NodeGroup => ({ count, names: [] });

export function factsOf(facts: Known): Facts {
  const { terway, kubeProxy, datapath, withoutKubeProxy } = facts;
  const portmap = portmapOf(facts);
  return {
    ...(terway === undefined ? {} : { terway: knownVersion(terway) }),
    plugins: new Map(portmap ? [['portmap', portmap]] : []),
    ...(kubeProxy === undefined ? {} : { kubeProxyMode: known(kubeProxy) }),
    ...(datapath === undefined ? {} : { datapath: known(datapath) }),
    ...(withoutKubeProxy === undefined
      ? {}
      : { nodesWithoutKubeProxy: known(nodes(withoutKubeProxy)) }),
  };
}

function portmapOf({
  portmap,
  portmapEstimated = false,
  portmapUnknownOn: unknown,
}: Known): VersionFact | undefined {
  if (portmap === undefined) return undefined;
  const fact = { ...knownVersion(portmap), isEstimate: portmapEstimated };
  if (unknown === undefined) return fact;
  const versions = [{ version: fact.value, nodes: nodes(10 - unknown) }];
  return { ...fact, spread: { total: 10, versions, unknown: nodes(unknown) } };
}

/** Exactly these defaults, each with the catalogue's value. */
export function switchedOn(
  ids: readonly DefaultId[],
  mode: DefaultsPolicy['mode'] = 'inject',
): DefaultsPolicy {
  const specs = DEFAULTS.filter(({ id }) => ids.includes(id));
  return { mode, values: new Map(specs.map(({ id, value }) => [id, value])) };
}

/** The webhook of a cluster that is known well; defaults as without a configuration file. */
export function webhookOf(
  parts: Partial<Omit<WebhookOptions, 'facts'>> = {},
  facts = factsOf(ACK),
): WebhookOptions {
  return { ...WEBHOOK, ...parts, facts: () => facts };
}

/** The parts of an AdmissionReview that tests vary; the rest is as `reviewObject` makes it. */
export interface MutationReview {
  readonly request: { readonly object?: unknown };
}

export interface Mutation {
  readonly response: AdmissionResponse;
  /** The operations of the patch; none without a patch. */
  readonly operations: readonly Operation[];
  /** The object of the request with the patch applied, as the API server goes on with it. */
  readonly object: unknown;
}

/** Sends a review to the mutator and does with the answer what the API server does. */
export async function mutateReview(
  body: MutationReview,
  webhook: WebhookOptions,
): Promise<Mutation> {
  const { response } = await mutate(JSON.stringify(body), webhook);
  const operations = operationsOf(response);
  const object = structuredClone(body.request.object);
  for (const failure of applyPatch(object, [...operations])) if (failure) throw failure;
  return { response, operations, object };
}

/** The patch of an answer, decoded; no operations when there is none. */
export function operationsOf({ patch }: AdmissionResponse): readonly Operation[] {
  if (patch === undefined) return [];
  return JSON.parse(Buffer.from(patch, 'base64').toString('utf8')) as Operation[];
}

/** What becomes of one text of 10-terway.conflist. */
export interface MutatedText {
  readonly text: string;
  /** Whether there was a patch at all. */
  readonly patched: boolean;
  readonly warnings: readonly string[];
  /** Ids of the defaults added, as in the audit log. */
  readonly injected: readonly string[];
}

/** Has the mutator see an edit that writes `text` as the chain of `base`. */
export async function mutateText(
  text: string,
  webhook = webhookOf(),
  base: Data = BASE_VENDOR,
): Promise<MutatedText> {
  const body = reviewObject({ oldData: base, data: withConflist(base, text) });
  const { response, operations, object } = await mutateReview(body, webhook);
  const { data } = object as { readonly data: Data };
  return {
    text: data[CONFLIST_KEY]!,
    patched: operations.length > 0,
    warnings: response.warnings ?? [],
    injected: response.auditAnnotations?.injected?.split(',') ?? [],
  };
}

/** What becomes of a text that the mutator has nothing to do with. */
export function untouched(text: string): MutatedText {
  return { text, patched: false, warnings: [], injected: [] };
}
