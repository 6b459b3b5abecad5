import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';

import { RULE_INFO, type RuleId } from '../../src/engine/rules/index.ts';
import { DEFAULT_POLICY, type Policy } from '../../src/engine/core/policy.ts';
import { type Facts, NO_FACTS } from '../../src/engine/core/facts.ts';
import { shortened } from '../../src/engine/text/text.ts';
import { configMap, creation, deletion, update } from '../support/changes.ts';
import { CLAIMS } from '../support/claims.ts';
import type { Claim, NodeFailure, Showing } from '../support/claims/claim.ts';
import { BASE_VETH } from '../support/config-maps.ts';
import { knownVersion, known as stated } from '../support/facts.ts';
import { NODE_SHOWINGS, isByCodeOnly, nodeShowingsOf } from '../support/node-showings.ts';
import {
  LAB_RELEASE,
  PLUGIN_RELEASES,
  PLUGIN_TYPES,
  type PluginRelease,
  type PluginType,
  TERWAY_RELEASE,
} from '../support/plugin-releases.ts';
import { readSentences } from '../support/sentences.ts';
import { verdictOn } from '../support/verdicts.ts';
import { EDITS } from './engine/rules/edits/index.ts';

/** How messages and rules say that pods or nodes fail. */
const OUTAGE =
  /(every new pod|every Terway pod|Terway pod of every node|pods with hostPort) fails?|fails? (for )?every new pod|NotReady|policy container of every|Terway pod fails to start|daemon .*does not start/;

/** Of a sentence in the table; rules' pages have it in full. */
const MAX_CELL = 300;

/** Which program takes a step of Terway's start. */
const STAGES = {
  cni: 'terway-cli cni',
  nodeconfig: 'terway-cli nodeconfig',
  daemon: 'terwayd',
  policy: 'the policy container',
  runtime: 'libcni over its list',
  plugin: 'its plugin',
  pod: 'libcni, which adds a pod by its list',
} as const;

/** What is said to fail on a node. */
const FAILURES: Readonly<Record<NodeFailure, string>> = {
  mount: "the kubelet can't mount a volume of Terway's pod",
  init: "Terway's init container ends with an error",
  'not-ready': 'the node goes NotReady',
  sandbox: 'a new pod gets no sandbox',
  'host-port': "a pod runs and the node's port is dead",
};

/** The rules' impact is an outage, and it is no claim about nodes. */
const NO_CLAIM: readonly RuleId[] = ['guard-error'];

/** An entry that is refused as a whole is not gone into. */
const GONE_INTO: Policy = {
  ...DEFAULT_POLICY,
  rules: new Map([['bandwidth-after-terway', 'off']]),
};

const ids = new Set<RuleId>();
for (const { id, why, title, impact } of Object.values(RULE_INFO)) {
  if (OUTAGE.test(why) || OUTAGE.test(title) || impact === 'outage') ids.add(id as RuleId);
}
for (const { change, facts, policy } of EDITS) {
  for (const { rule, message } of verdictOn(change, facts, policy).findings) {
    if (OUTAGE.test(message)) ids.add(rule as RuleId);
  }
}
for (const id of NO_CLAIM) ids.delete(id);

const sentences = { nodes: readSentences('nodes'), code: readSentences('code') };

t.test('every rule that speaks of an outage says how that is shown', (t) => {
  t.same([...ids].filter((id) => CLAIMS[id] === undefined).sort(), []);
  t.end();
});

t.test('each is run, or names its source', (t) => {
  for (const [id, { runs = [], nodes = [], test, source }] of Object.entries(CLAIMS)) {
    const isShown = runs.length + nodes.length > 0 || test !== undefined || source !== undefined;
    t.ok(isShown, id);
  }
  t.end();
});

t.test('the guard tells of all that is put on a node', (t) => {
  const facts = factsOfLab();
  for (const [rule, showings] of NODE_SHOWINGS) {
    for (const { data, binaryData = {}, release, without, hasNoProxy } of showings) {
      const known = {
        ...facts,
        ...(release && factsOfPlugins(release)),
        ...lacking(without),
        ...(hasNoProxy && { nodesWithoutKubeProxy: stated({ count: 1, names: ['n1'] }) }),
      };
      const object = data && configMap(data, Object.keys(binaryData));
      const writes =
        object === undefined
          ? [deletion(BASE_VETH)]
          : [
              { ...update(BASE_VETH, BASE_VETH), new: object },
              { ...creation(BASE_VETH), new: object },
            ];
      const told = writes.flatMap((write) =>
        [DEFAULT_POLICY, GONE_INTO].flatMap((policy) =>
          verdictOn(write, known, policy).findings.map((finding) => finding.rule),
        ),
      );
      t.ok(told.includes(rule), `${rule} is among ${told.join()}`);
    }
  }
  t.end();
});

t.test('there is a sentence for each', (t) => {
  for (const [rule, claim] of Object.entries(CLAIMS)) {
    const onNodes = nodeShowingsOf(claim);
    const byCode = (claim.runs ?? []).filter(isByCodeOnly);
    for (const [said = [], showings] of [
      [sentences.nodes[rule], onNodes],
      [sentences.code[rule], byCode],
    ] as const) {
      t.equal(said.length, showings.length, rule);
      for (const [index, { message }] of showings.entries()) t.match(said[index], message, rule);
    }
  }
  t.end();
});

t.test('docs/claims.md says the same; UPDATE_GOLDEN=1 brings it up to date', (t) => {
  const page = new URL('../../docs/claims.md', import.meta.url);
  const text = renderClaims();
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(page, text);
  t.equal(readFileSync(page, 'utf8'), text);
  t.end();
});

function renderClaims(): string {
  const rows = Object.entries(CLAIMS).flatMap(([rule, claim]) =>
    waysOf(rule, claim).map(
      ([how, said]) =>
        `| [${rule}](rules/${rule}.md) | ${claim.claim} | ${how} | ${said === undefined ? '' : code(said)} |`,
    ),
  );
  return [
    '# What rules say of outages, and how it is shown',
    '<!-- Made from test/support/claims.ts by test/unit/claims.test.ts; edits here are lost. -->',
    '<!-- prettier-ignore-start -->',
    'A rule that says that pods or nodes fail is shown to be right by what fails. ' +
      '`npm run test:proofs` puts what the guard refuses on a [node of the lab](lab.md), past the ' +
      'guard, and waits for the failure; the sentence is what kubectl, the kubelet, containerd or ' +
      "Terway's init container said then. `npm run test:plugins` asks released plugins in a network " +
      `namespace as terway leaves it, and the own code of Terway ${TERWAY_RELEASE}, the daemon's ` +
      "parsing and validation with it. What can't be run names the source in which it was read. All " +
      'sentences of a rule are on its page, and `eni-config-guard doctor` knows them.',
    [
      '| rule | what it says | how it is shown | what is said |',
      '| --- | --- | --- | --- |',
      ...rows,
    ].join('\n'),
    '<!-- prettier-ignore-end -->',
    '## How they agree at scale',
    '`npm run test:fidelity COUNT` sends generated configurations through the plugins of every ' +
      'release that the tests know and generated writes of eni-config through Terway. It counts ' +
      'what a program refuses and the guard admits (0 is the aim), and what only the guard ' +
      'refuses, by a named reason.',
    '`npm run catalogue:check` compares the catalogue with the sources of the plugins up to the ' +
      'release that the Go module proxy calls latest, and with those of Terway ' +
      `${TERWAY_RELEASE}. From which release of Terway on a member is known was traced in its ` +
      'tags, which the module proxy does not serve.',
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

/** The ways in which a claim is shown, each once, with the first sentence of each. */
function waysOf(
  rule: string,
  claim: Claim,
): readonly (readonly [how: string, said: string | undefined])[] {
  const { runs = [], test, source } = claim;
  const ways = new Map<string, string | undefined>();
  const add = (how: string, said?: string) => ways.has(how) || ways.set(how, said);
  for (const [index, { fails }] of nodeShowingsOf(claim).entries()) {
    add(`node: ${FAILURES[fails]}`, sentences.nodes[rule]?.[index]);
  }
  for (const [index, showing] of runs.filter(isByCodeOnly).entries()) {
    add(`code: ${programOf(showing)}`, sentences.code[rule]?.[index]);
  }
  const others = new Set(runs.filter((showing) => !isByCodeOnly(showing)).map(programOf));
  if (others.size > 0) add(`code: ${[...others].join(', ')}`);
  if (test !== undefined) add(`test: ${test}`);
  if (source !== undefined) add(`source, read and not run: ${source}`);
  return [...ways];
}

/** In a cell of a table. */
function code(text: string): string {
  return `\`${shortened(text, MAX_CELL).replaceAll('|', '\\|').replaceAll('`', "'")}\``;
}

function programOf(showing: Showing): string {
  if ('overlay' in showing) return `Terway ${TERWAY_RELEASE}: terwayd's merge`;
  if ('stage' in showing) return `Terway ${TERWAY_RELEASE}: ${STAGES[showing.stage]}`;
  return `${showing.plugin} ${showing.release ?? PLUGIN_RELEASES.at(-1) ?? ''}`;
}

/** What is known of a cluster like the lab. */
function factsOfLab(): Facts {
  return {
    ...NO_FACTS,
    terway: knownVersion(TERWAY_RELEASE),
    kubeProxyMode: stated('iptables'),
    datapath: stated('veth'),
    ...factsOfPlugins(LAB_RELEASE),
  };
}

function factsOfPlugins(release: PluginRelease): Partial<Facts> {
  return { plugins: new Map(PLUGIN_TYPES.map((type) => [type, knownVersion(release)])) };
}

/** As a probe finds out that a plugin is not on the one node. */
function lacking(type: PluginType | undefined): Partial<Facts> {
  if (type === undefined) return {};
  const node = { count: 1, names: ['n1'] };
  const probed = {
    probed: 1,
    present: new Set(PLUGIN_TYPES.filter((one) => one !== type)),
    missing: new Map([[type, node]]),
    truncatedOn: { count: 0, names: [] },
  };
  return { binaries: stated(probed) };
}
