import { Gauge, type Registry } from 'prom-client';
import { RULE_IDS } from '../engine/rules/index.ts';
import { type Verdict, outagesIn } from '../engine/core/decide.ts';
import { SEVERITIES } from '../engine/core/finding.ts';

/** Registers the gauges of what is wrong with the stored object; call the result with each verdict. */
export function createStoredMetrics(registry: Registry): (verdict: Verdict) => void {
  const findings = new Gauge({
    name: 'eni_config_guard_stored_object_findings',
    help: 'Findings in the stored eni-config, by rule and severity.',
    labelNames: ['rule', 'severity'],
    registers: [registry],
  });
  const outages = new Gauge({
    name: 'eni_config_guard_stored_object_outages',
    help: 'Of those, the ones that take nodes or new pods down at the next restart of Terway, by rule.',
    labelNames: ['rule'],
    registers: [registry],
  });
  const checked = new Gauge({
    name: 'eni_config_guard_stored_object_checked',
    help: '1 once the stored eni-config has been judged; as long as it is 0 the findings say nothing.',
    registers: [registry],
  });
  const clear = () => {
    for (const rule of RULE_IDS) {
      outages.set({ rule }, 0);
      for (const severity of SEVERITIES) findings.set({ rule, severity }, 0);
    }
  };
  clear();
  checked.set(0);
  return (verdict) => {
    clear();
    checked.set(1);
    for (const { rule } of outagesIn(verdict)) outages.inc({ rule });
    for (const { rule, severity } of verdict.findings) findings.inc({ rule, severity });
  };
}
