import { Gauge, type Registry } from 'prom-client';
import { RULE_IDS } from '../catalogue/rules.ts';
import type { Verdict } from '../core/review.ts';
import { SEVERITIES } from './metrics.ts';

/** Registers the gauge of what is wrong with the stored object; call the result with each verdict. */
export function createStoredMetrics(registry: Registry): (verdict: Verdict) => void {
  const findings = new Gauge({
    name: 'eni_config_guard_stored_object_findings',
    help: 'Findings in the stored eni-config, by rule and severity; deny takes nodes down at the next restart of Terway.',
    labelNames: ['rule', 'severity'],
    registers: [registry],
  });
  const clear = () => {
    for (const rule of RULE_IDS) {
      for (const severity of SEVERITIES) findings.set({ rule, severity }, 0);
    }
  };
  clear();
  return (verdict) => {
    clear();
    for (const { rule, severity } of verdict.findings) findings.inc({ rule, severity });
  };
}
