import type { Registry } from 'prom-client';
import { watchCertificate } from '../../src/audit/certificate-metrics.ts';
import { watchConfiguration } from '../../src/audit/configuration-metrics.ts';
import { watchFactSources, watchFacts } from '../../src/audit/fact-metrics.ts';
import { createMetrics } from '../../src/audit/metrics.ts';
import { watchNodes } from '../../src/audit/node-metrics.ts';
import { NO_FACTS } from '../../src/engine/core/facts.ts';
import { createOverlayMetrics } from '../../src/audit/overlay-metrics.ts';
import { createStoredMetrics } from '../../src/audit/stored-metrics.ts';

/** A metric as prom-client keeps it; the declared type of a registry's members leaves labels out. */
interface MetricInfo {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labelNames: readonly string[];
}

/** A registry with every metric that the guard can have. */
export function fullRegistry(): Registry {
  const { registry } = createMetrics();
  watchFactSources(registry, () => []);
  watchFacts(registry, () => NO_FACTS);
  watchCertificate(registry, () => undefined);
  watchConfiguration(registry, () => false);
  createStoredMetrics(registry);
  watchNodes(registry, () => undefined);
  createOverlayMetrics(registry);
  return registry;
}

/** The guard's own metrics, without those of the Node.js process. */
export function ownMetrics(registry = fullRegistry()): MetricInfo[] {
  const metrics = registry.getMetricsAsArray() as unknown as MetricInfo[];
  return metrics.filter(({ name }) => name.startsWith('eni_config_guard_'));
}

/** What the values of a label are. */
const LABELS: Readonly<Record<string, string>> = {
  version: 'version of the program',
  endpoint: '`validate`, `mutate` or `restart-gate`',
  operation: '`CREATE`, `UPDATE`, `DELETE`; `OTHER` for what is not about eni-config',
  verdict: '`allow` or `deny`',
  rule: 'a rule of [rules](rules/README.md)',
  severity: '`audit`, `warn` or `deny`, after policy, mode and exemption',
  default: 'plugin and member, such as `portmap.externalSetMarkChain`',
  source:
    'of an exemption: `user`, `group`, `break-glass`; of facts: what they are learnt from, ' +
    '`stored-object` for eni-config itself, `overlays` for what nodes name with `terway-config`, ' +
    '`node-chains` for what nodes run',
  chain: '`current`, `former`, `unsure` or `unknown`, as [nodes](nodes.md) tell it',
  result: '`written`, `dropped` (too many) or `failed` (at the API server)',
  certificate: '`serving` or `ca`',
  reason: 'why: `path`, one that is not answered at',
  state:
    '`good`; `ineffective`: a part does nothing; `outage`: it takes nodes down when Terway restarts; ' +
    '`dangling`: it, or its `eni_conf`, is missing; `unread`: beyond the first 50',
  fact: 'a fact of [facts.md](facts.md), such as `terway` or `plugins.portmap`',
  value: 'its value; where nodes differ, that of the oldest',
};

export function renderMetrics(): string {
  const metrics = ownMetrics();
  const rows = metrics.map(
    ({ name, type, labelNames, help }) =>
      `| \`${name}\` | ${type} | ${labelNames.join(', ') || '-'} | ${help} |`,
  );
  const labels = [...new Set(metrics.flatMap(({ labelNames }) => labelNames))];
  return [
    '# Metrics',
    '<!-- Made from src/audit by `npm run docs`; edits here are lost. -->',
    '`GET /metrics` over plain HTTP, on a port of its own. Series whose labels are known are there ' +
      'from the start, at zero, so that `rate()` sees the first event. Beside these there are the ' +
      'usual ones of a Node.js process (`process_*`, `nodejs_*`).',
    ['| metric | type | labels | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n'),
    '## Labels',
    labels.map((label) => `- \`${label}\`: ${LABELS[label] ?? ''}`).join('\n'),
    'Certificates, facts, nodes, the stored object and overlays have series only where the guard ' +
      'looks after them: with a certificate of its own, `facts.source: cluster`, ' +
      '`audit.background: true` and `audit.overlays: true`.',
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}
