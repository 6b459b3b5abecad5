import type { Values } from './chart.ts';
import { pairwise } from './pairwise.ts';

/** Each value away from its default, and those that have a say in each other together. */
export const CASES: Readonly<Record<string, Values>> = {
  'the defaults': {},
  'the pod network': { hostNetwork: false, networkPolicy: { enabled: true } },
  'one replica': { replicas: 1, maxUnavailable: 1 },
  'other ports': { port: 20443, metricsPort: 20444 },
  'a pinned image': {
    image: {
      repository: 'mirror/eni-config-guard',
      tag: '1.2.3',
      digest: `sha256:${'0a'.repeat(32)}`,
      pullPolicy: 'Always',
      pullSecrets: ['one', 'two'],
    },
  },
  'nothing but judging': {
    mutation: { enabled: false },
    floor: { enabled: false },
    nodeProbe: { enabled: false },
  },
  'static facts': { config: { facts: { source: 'static', terwayVersion: '1.15.2' } } },
  'no rights but the least': {
    config: {
      facts: { source: 'static' },
      breakGlass: { enabled: false },
      audit: { events: false, background: false },
      restartGate: 'off',
    },
    overlays: { enabled: false },
    certificates: { source: 'files', existingSecret: 'mine' },
  },
  'static facts, judged in the background': {
    config: { facts: { source: 'static' }, audit: { background: true, events: true } },
  },
  'cert-manager': { certificates: { source: 'cert-manager' } },
  'own files': { certificates: { source: 'files', existingSecret: 'mine' } },
  'no overlays': { overlays: { enabled: false } },
  'overlays in the background': { overlays: { backgroundCheck: true } },
  'overlays that fail closed': { overlays: { failurePolicy: 'Fail' } },
  'no gate': { config: { restartGate: 'off' } },
  'a gate that denies': { config: { restartGate: 'deny' } },
  'mode warn': { config: { mode: 'warn' } },
  'mode audit': { config: { mode: 'audit' } },
  'a long drain': { config: { server: { drainSeconds: 62.5 } } },
  'what YAML takes for false': {
    config: {
      restartGate: false,
      defaults: { mode: false, portmap: { externalSetMarkChain: false } },
      rules: { 'plugin-unknown': false, 'conf-changed': 'warn' },
    },
  },
  'defaults taken away': {
    config: { facts: null, restartGate: null, exempt: null, server: null, mode: null },
  },
  'much configuration': {
    config: {
      onUnknownVersion: 'deny',
      firstEntry: 'effective',
      minimumVersions: { 'portmap.masqAll': '1.2.0' },
      exempt: { users: ['a"b\\{{ .Values }}'], groups: ["it's", 'x: y # z'] },
      tls: { minVersion: 'TLSv1.2', caHours: 48, certificateHours: 12 },
      breakGlass: { enabled: true, maxMinutes: 60 },
    },
  },
  monitoring: {
    monitoring: {
      serviceMonitor: { enabled: true, interval: '1m', labels: { release: 'prometheus' } },
      prometheusRule: { enabled: true, labels: { role: 'alert-rules' } },
      dashboard: { enabled: true, labels: { grafana_dashboard: '1' } },
    },
  },
  'placement and tools': {
    priorityClassName: '',
    nodeSelector: { pool: 'system' },
    podAnnotations: { 'example.com/note': 'true' },
    podLabels: { team: 'network' },
    resources: { requests: { cpu: 1, memory: '64Mi' } },
    nodeProbe: { directory: '/home/kubernetes/bin', pauseImage: 'mirror/pause:3.9' },
    tolerations: [{ key: 'pool', operator: 'Equal', value: 'system', effect: 'NoSchedule' }],
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 1,
            podAffinityTerm: {
              topologyKey: 'kubernetes.io/hostname',
              labelSelector: { matchLabels: { team: 'network' } },
            },
          },
        ],
      },
    },
  },
  'a part of another chart': { global: { imageRegistry: 'unused' } },
};

const flag = (value: (isOn: boolean) => Values) => ({ on: value(true), off: value(false) });

/** What may be turned on its own; any two may have a say in each other. */
const SWITCHES: Readonly<Record<string, Readonly<Record<string, Values>>>> = {
  namespace: { 'kube-system': {}, network: {} },
  hostNetwork: flag((hostNetwork) => ({ hostNetwork })),
  networkPolicy: flag((enabled) => ({ networkPolicy: { enabled } })),
  certificates: {
    'self-signed': {},
    'cert-manager': { certificates: { source: 'cert-manager' } },
    files: { certificates: { source: 'files', existingSecret: 'mine' } },
  },
  mutation: flag((enabled) => ({ mutation: { enabled } })),
  floor: flag((enabled) => ({ floor: { enabled } })),
  nodeProbe: flag((enabled) => ({ nodeProbe: { enabled } })),
  mode: {
    enforce: {},
    warn: { config: { mode: 'warn' } },
    audit: { config: { mode: 'audit' } },
  },
  restartGate: {
    off: { config: { restartGate: 'off' } },
    warn: {},
    deny: { config: { restartGate: 'deny' } },
  },
  facts: { cluster: {}, static: { config: { facts: { source: 'static' } } } },
  breakGlass: flag((enabled) => ({ config: { breakGlass: { enabled } } })),
  monitoring: flag((enabled) => ({
    monitoring: {
      serviceMonitor: { enabled },
      prometheusRule: { enabled },
      dashboard: { enabled },
    },
  })),
};

/** What is installed where, under a name that tells it. */
export interface MatchingNodes {
  readonly name: string;
  readonly namespace: string;
  readonly values: Values;
}

/** Installations in which every two positions of two switches meet. */
export const PAIRS: readonly MatchingNodes[] = pairwise(SWITCHES).map((setting) => ({
  name: Object.entries(setting)
    .map((entry) => entry.join(' '))
    .join(', '),
  namespace: setting.namespace ?? '',
  values: Object.entries(setting)
    .map(([name, position]) => SWITCHES[name]?.[position] ?? {})
    .reduce(merged, {}),
}));

/** Both, and of `config` the members of both. */
function merged(one: Values, other: Values): Values {
  if (one.config === undefined || other.config === undefined) return { ...one, ...other };
  return { ...one, config: { ...(one.config as Values), ...(other.config as Values) } };
}
