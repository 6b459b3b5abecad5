import { join } from 'node:path';

/** Flags of an etcd that keeps its data in `dir` and gives up durability for speed. */
export function etcdFlags(dir: string, address: string, port: number, peerPort: number): string[] {
  const clientUrl = `http://${address}:${String(port)}`;
  const peerUrl = `http://${address}:${String(peerPort)}`;
  return [
    `--data-dir=${join(dir, 'etcd')}`,
    `--listen-client-urls=${clientUrl}`,
    `--advertise-client-urls=${clientUrl}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
    '--unsafe-no-fsync',
  ];
}

/** Where pods dial the API server: the first of its range of Service addresses. */
export const SERVICE_ADDRESS = '10.0.0.1';

/** Flags of a kube-apiserver whose certificates and policies stand in `dir`, with or without nodes. */
export function apiServerFlags(
  dir: string,
  address: string,
  securePort: number,
  etcdPort: number,
  hasNodes: boolean,
): string[] {
  const serviceAccountKey = join(dir, 'service-account.key');
  return [
    `--etcd-servers=http://${address}:${String(etcdPort)}`,
    `--bind-address=${address}`,
    `--secure-port=${String(securePort)}`,
    `--advertise-address=${address}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    `--cert-dir=${dir}`,
    `--tls-cert-file=${join(dir, 'server.crt')}`,
    `--tls-private-key-file=${join(dir, 'server.key')}`,
    `--client-ca-file=${join(dir, 'ca.crt')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${serviceAccountKey}`,
    `--service-account-signing-key-file=${serviceAccountKey}`,
    ...(hasNodes ? flagsForNodes(dir) : FLAGS_WITHOUT_NODES),
    `--audit-policy-file=${join(dir, 'audit-policy.json')}`,
    `--audit-log-path=${join(dir, 'audit.log')}`,
  ];
}

const FLAGS_WITHOUT_NODES = [
  '--authorization-mode=RBAC',
  // No pod dials the "kubernetes" Service, and its endpoint may not be a loopback address.
  '--endpoint-reconciler-type=none',
  // No controller manager runs that would make the accounts this plugin insists on.
  '--disable-admission-plugins=ServiceAccount',
];

const flagsForNodes = (dir: string) => [
  '--authorization-mode=Node,RBAC',
  '--enable-admission-plugins=NodeRestriction',
  // Terway's init container is privileged.
  '--allow-privileged=true',
  // For `kubectl logs` and `exec`.
  `--kubelet-client-certificate=${join(dir, 'admin.crt')}`,
  `--kubelet-client-key=${join(dir, 'admin.key')}`,
  '--kubelet-preferred-address-types=InternalIP',
  // The API server finds a webhook's pods by itself: no kube-proxy runs where it does.
  '--enable-aggregator-routing=true',
];
