import t from 'tap';

import { outagesIn } from '../../src/engine/core/decide.ts';
import { NO_FACTS } from '../../src/engine/core/facts.ts';
import { DEFAULT_POLICY } from '../../src/engine/core/policy.ts';
import { reviewStoredOverlay } from '../../src/engine/rules/index.ts';
import { configMap } from '../support/changes.ts';
import { BASE_VETH } from '../support/config-maps.ts';
import { knownVersion } from '../support/facts.ts';
import { findOrBuildMerger } from '../support/plugin-binaries.ts';
import { TERWAY_RELEASE } from '../support/plugin-releases.ts';
import { answersTo } from './merge/compare.ts';

// Building the merger takes a minute, once per machine.
t.setTimeout(20 * 60_000);

/**
 * What is merged over eni-config takes a node down, by the rules, where Terway's own code does not start
 * on it: it loads the merged configuration as the daemon does.
 */

/** Overlays on which the daemon ends, with what it says then. */
const FAILS: Readonly<Record<string, RegExp>> = {
  '{"max_pool_size": "10"}': /^failed parse config: .*cannot unmarshal string.*max_pool_size/,
  '{"max_pool_size": 1.5}': /^failed parse config: .*cannot unmarshal number 1.5/,
  '{"vswitches": {"cn-a": "vsw-1"}}': /^failed parse config: .*cannot unmarshal string/,
  '{"security_groups": {}}': /^failed parse config: .*cannot unmarshal object/,
  '{"eni_tags": {"a": 1}}': /^failed parse config: .*cannot unmarshal number/,
  '{"backoff_override": {"": {"Duration": "2s"}}}':
    /^failed parse config: .*cannot unmarshal string/,
  '[]': /^failed parse config: .*cannot unmarshal array/,
  '[1]': /^failed parse config: .*cannot unmarshal array/,
  null: /^failed parse config: Invalid JSON Patch/,
  '"x"': /^failed parse config: Invalid JSON Patch/,
  '{': /^failed parse config: Invalid JSON Patch/,
  ' ': /^failed parse config: Invalid JSON Patch/,
  '{"max_pool_size": 1,}': /^failed parse config: Invalid JSON Patch/,
  '{} x': /^failed parse config: Invalid JSON Patch/,
  '{"security_groups": ["1","2","3","4","5","6","7","8","9","10","11"]}': /not be more than 10/,
  '{"ip_stack": "ipv6"}': /^unsupported ipStack ipv6/,
};

const STARTS = [
  '',
  '{}',
  '{"max_pool_size": 10, "vswitches": {"cn-a": ["vsw-1"]}}',
  '{"max_pool_size": null, "security_group": "sg-2"}',
  '{"Max_Pool_Size": "10"}',
  '{"backoff_override": {"": {"Steps": 3}}}',
];

const merger = await findOrBuildMerger();
const base = configMap(BASE_VETH);
const facts = { ...NO_FACTS, terway: knownVersion(TERWAY_RELEASE) };

function outages(text: string): string[] {
  const inUse = { name: 'pool-a', nodes: 1, object: configMap({ eni_conf: text }) };
  const { verdict } = reviewStoredOverlay(inUse, base, facts, DEFAULT_POLICY);
  return outagesIn(verdict).map(({ rule }) => rule);
}

const starts = async (texts: readonly string[]) =>
  answersTo(
    merger,
    texts.map((patch) => ({ base: BASE_VETH.eni_conf!, patch })),
  );

t.test('overlays that the daemon does not start on are told as outages', async (t) => {
  const texts = Object.keys(FAILS);
  const answers = await starts(texts);
  for (const [index, text] of texts.entries()) {
    t.match(answers[index]?.start, FAILS[text], text);
    t.not(outages(text).length, 0, text);
  }
});

t.test('those that it starts on are not', async (t) => {
  const answers = await starts(STARTS);
  for (const [index, text] of STARTS.entries()) {
    t.equal(answers[index]?.start, undefined, text);
    t.same(outages(text), [], text);
  }
});

t.test(
  'a number beyond float64 is refused wherever it stands, also where Terway skips it',
  async (t) => {
    const text = '{"odd": {"a": [1e400]}}';
    const [answer] = await starts([text]);
    t.equal(answer?.start, undefined);
    t.same(outages(text), ['json-number']);
  },
);
