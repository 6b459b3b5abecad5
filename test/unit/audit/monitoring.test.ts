import { readFileSync } from 'node:fs';
import t from 'tap';
import { fullRegistry, ownMetrics } from '../../../scripts/docs/metrics.ts';
import { DEFAULTS } from '../../../src/engine/defaults/defaults.ts';
import { RULE_IDS } from '../../../src/engine/rules/index.ts';
import { alerts, panelQueries } from '../../support/monitoring.ts';

/** Alerts and dashboard speak only of metrics and labels that exist. */

/** Labels that Prometheus adds, and that of a histogram's buckets. */
const GIVEN_LABELS = ['cluster', 'pod', 'namespace', 'instance', 'job', 'le'];

const METRICS = new Map(
  ownMetrics().flatMap(({ name, type, labelNames }) => {
    const series = type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
    return series.map((suffix) => [`${name}${suffix}`, labelNames] as const);
  }),
);

/** What of a query is not there: metrics, labels in selectors, in aggregations and in legends. */
function unknownIn(expr: string, legend = ''): string[] {
  const names = [...expr.matchAll(/\beni_config_guard_\w+/g)].map(([name]) => name);
  const unknown = names.filter((name) => !METRICS.has(name));
  const known = new Set([...names.flatMap((name) => METRICS.get(name) ?? []), ...GIVEN_LABELS]);
  for (const [, name = '', selector = ''] of expr.matchAll(/\b(eni_\w+)\{([^}]*)\}/g)) {
    const labels = [...selector.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, label]) => label!);
    if (labels.length === 0) unknown.push(`${name}{${selector}}`);
    unknown.push(
      ...labels.filter((label) => ![...(METRICS.get(name) ?? []), ...GIVEN_LABELS].includes(label)),
    );
  }
  const grouped = [...expr.matchAll(/\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g)].flatMap(
    ([, list = '']) => list.split(',').map((label) => label.trim()),
  );
  const shown = [...legend.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, label]) => label!);
  unknown.push(...[...grouped, ...shown].filter((label) => !known.has(label)));
  if (names.length === 0) unknown.push('no metric of the guard');
  return unknown;
}

t.test('a slip would be found', async (t) => {
  const slips: Readonly<Record<string, string>> = {
    eni_config_guard_review_total: 'eni_config_guard_review_total',
    'eni_config_guard_reviews_total{operations="CREATE"}': 'operations',
    'sum by (verdicts) (rate(eni_config_guard_reviews_total[5m]))': 'verdicts',
    eni_config_guard_review_duration_seconds: 'eni_config_guard_review_duration_seconds',
    up: 'no metric of the guard',
  };
  for (const [expr, slip] of Object.entries(slips)) t.same(unknownIn(expr), [slip]);
  t.same(unknownIn('eni_config_guard_build_info', '{{versoin}}'), ['versoin']);
});

t.test('alerts', async (t) => {
  const runbook = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8');
  const sections = [...runbook.matchAll(/^## (\w+)\n\n\S/gm)].map(([, name]) => name);
  for (const { alert, expr, labels, annotations } of alerts()) {
    t.same(unknownIn(expr), [], alert);
    t.match(labels, { severity: /^(critical|warning|info)$/ }, alert);
    t.match(annotations, { summary: /\.$/, description: /\.$/ }, alert);
    t.equal(annotations.runbook, `docs/runbook.md#${alert.toLowerCase()}`);
    t.ok(sections.includes(alert), `the runbook has a section ${alert}`);
    const shown = Object.values(annotations).join(' ').replaceAll('$labels.', '');
    t.same(unknownIn(expr, shown), [], 'labels that are shown');
  }
  t.same(
    sections,
    alerts().map(({ alert }) => alert),
    'no section is left over',
  );
});

t.test('every series whose labels are known is there from the start, at zero', async (t) => {
  const SERIES: Readonly<Record<string, number>> = {
    reviews_total: 3 * 4 * 2,
    review_failures_total: 3,
    findings_total: RULE_IDS.length * 3,
    stored_object_findings: RULE_IDS.length * 3,
    stored_object_outages: RULE_IDS.length,
    stored_object_checked: 1,
    stored_overlays: 5,
    injections_total: DEFAULTS.length,
    exemptions_total: 3,
    events_total: 3,
  };
  const registry = fullRegistry();
  for (const [name, count] of Object.entries(SERIES)) {
    const { values = [] } =
      (await registry.getSingleMetric(`eni_config_guard_${name}`)?.get()) ?? {};
    t.equal(values.length, count, name);
    t.ok(
      values.every(({ value }) => value === 0),
      name,
    );
  }
});

t.test('dashboard', async (t) => {
  const queries = panelQueries();
  t.ok(queries.length > 5);
  for (const { title, expr, legendFormat } of queries) {
    t.same(unknownIn(expr, legendFormat), [], title);
  }
});

t.test('every metric of the guard is looked at by an alert or the dashboard', async (t) => {
  const looked = [...alerts(), ...panelQueries()].map(({ expr }) => expr).join('\n');
  for (const { name } of ownMetrics()) t.ok(looked.includes(name), name);
});
