import {
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../test/support/config-maps.ts';
import { type ReviewOptions, reviewObject } from '../test/support/reviews.ts';

/** What is known in the benchmarks: every version and mode, so that every rule has work. */
export const CONFIGURATION = `
facts:
  terwayVersion: "1.15.2"
  pluginVersions: {portmap: "1.7.1", tuning: "1.7.1"}
  kubeProxyMode: ipvs
server:
  drainSeconds: 0
  metricsPort: 0
`;

const chain = (mark: string) =>
  conflist([VETH_CONF, { ...PORTMAP, externalSetMarkChain: 'KUBE-MARK-MASQ', comment: mark }]);

/** An UPDATE that changes the chain, with the annotation of `kubectl apply`: about 6 KB. */
function body(newConf: object): string {
  const oldData = withConflist(BASE_VETH, chain('before'));
  const data = withConflist(
    BASE_VETH,
    conflist([newConf, { ...PORTMAP, externalSetMarkChain: 'KUBE-MARK-MASQ' }]),
  );
  const review = reviewObject({ operation: 'UPDATE', data, oldData } satisfies ReviewOptions);
  const lastApplied = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', data: BASE_VETH });
  for (const object of [review.request.object, review.request.oldObject]) {
    Object.assign((object as { metadata: object }).metadata, {
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': lastApplied },
    });
  }
  return JSON.stringify(review);
}

export const ACCEPTED = body(VETH_CONF);
export const DENIED = body({ ...VETH_CONF, network_policy_provider: 'ebpf' });

/** So many bodies that differ in a text before and after the write, and in nothing that is judged. */
export const distinct = (body: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => body.replaceAll('172.21.', `172.${index}.`));
