import type { Values } from './chart.ts';

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
    },
    certificates: { source: 'files', existingSecret: 'mine' },
  },
  'static facts, judged in the background': {
    config: { facts: { source: 'static' }, audit: { background: true, events: true } },
  },
  'cert-manager': { certificates: { source: 'cert-manager' } },
  'own files': { certificates: { source: 'files', existingSecret: 'mine' } },
  'a gate that warns': { config: { restartGate: 'warn' } },
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
  },
  'a part of another chart': { global: { imageRegistry: 'unused' } },
};
