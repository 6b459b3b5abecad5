import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { parse } from 'yaml';
import { alerts, panelQueries } from '../support/monitoring.ts';
import { promtool } from './promtool.ts';

/** The real promtool judges what the chart ships. */

const here = fileURLToPath(new URL('.', import.meta.url));
const ALERTS = '../../charts/eni-config-guard/files/alerts.yaml';

t.test('the alerting rules are sound', async (t) => {
  t.match(await promtool(['check', 'rules', '--lint=all', '--lint-fatal', ALERTS], here), {
    code: 0,
    stdout: new RegExp(`SUCCESS: ${alerts().length} rules found`),
  });
});

t.test('they fire when they should, and only then', async (t) => {
  const output = await promtool(['test', 'rules', 'alerts.test.yaml'], here);
  t.equal(output.code, 0, `${output.stdout}${output.stderr}`);
});

t.test('every alert is made to fire by one of these tests', async (t) => {
  const text = readFileSync(join(here, 'alerts.test.yaml'), 'utf8');
  const { tests } = parse(text) as { readonly tests: readonly { readonly name: string }[] };
  for (const { alert } of alerts()) {
    t.ok(
      tests.some(({ name }) => name.startsWith(alert)),
      alert,
    );
    t.ok(text.includes(`alertname="${alert}"`) || text.includes(`alertname: ${alert}`));
  }
});

t.test('every query of the dashboard can be parsed', async (t) => {
  const folder = t.testdir();
  const rules = panelQueries().map(({ expr }, index) => ({
    record: `panel:query:${index}`,
    expr: expr.replaceAll('$__rate_interval', '5m'),
  }));
  // JSON is YAML.
  writeFileSync(
    join(folder, 'rules.yaml'),
    JSON.stringify({ groups: [{ name: 'dashboard', rules }] }),
  );
  t.match(await promtool(['check', 'rules', 'rules.yaml'], folder), {
    code: 0,
    stdout: new RegExp(`SUCCESS: ${rules.length} rules found`),
  });
});
