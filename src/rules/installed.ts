import { ENI_CONF_KEY } from '../core/config-map.ts';
import type { Fact, Facts } from '../core/facts.ts';
import type { Version } from '../core/version.ts';

/** The release that reads a plugin's entry, or eni_conf, which is Terway's; undefined: unknown. */
export function installedVersion(facts: Facts, program: string): Fact<Version> | undefined {
  const isTerways = program === 'terway' || program === ENI_CONF_KEY;
  return isTerways ? facts.terway : facts.plugins.get(program);
}
