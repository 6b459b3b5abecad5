import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';

import { RULE_INFO, type RuleId } from '../../src/engine/rules/index.ts';
import { CLAIMS, type Showing } from '../support/claims.ts';
import { PLUGIN_RELEASES, TERWAY_RELEASE } from '../support/plugin-releases.ts';
import { verdictOn } from '../support/verdicts.ts';
import { EDITS } from './engine/rules/edits/index.ts';

/** How messages and rules say that pods or nodes fail. */
const OUTAGE =
  /(every new pod|every Terway pod|Terway pod of every node|pods with hostPort) fails?|fails? (for )?every new pod|NotReady|policy container of every|Terway pod fails to start|daemon .*does not start/;

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

const ids = new Set<RuleId>();
for (const [id, { why, title }] of Object.entries(RULE_INFO)) {
  if (OUTAGE.test(why) || OUTAGE.test(title)) ids.add(id as RuleId);
}
for (const { change, facts, policy } of EDITS) {
  for (const { rule, message } of verdictOn(change, facts, policy).findings) {
    if (OUTAGE.test(message)) ids.add(rule as RuleId);
  }
}

t.test('every rule that speaks of an outage says how that is shown', (t) => {
  t.same(Object.keys(CLAIMS).sort(), [...ids].sort());
  t.end();
});

t.test('each is run, or names its source', (t) => {
  for (const [id, { runs = [], test, source }] of Object.entries(CLAIMS)) {
    t.ok(runs.length > 0 || test !== undefined || source !== undefined, id);
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
  const rows = Object.entries(CLAIMS).map(([rule, { claim, runs = [], test, source }]) => {
    const shown = [
      ...new Set(runs.map(programOf)),
      ...(test === undefined ? [] : [test]),
      ...(source === undefined ? [] : [`read, not run: ${source}`]),
    ];
    return `| [${rule}](rules/${rule}.md) | ${claim} | ${shown.join('; ')} |`;
  });
  return [
    '# What rules say of outages, and how it is shown',
    '<!-- Made from test/support/claims.ts by test/unit/claims.test.ts; edits here are lost. -->',
    '<!-- prettier-ignore-start -->',
    'A rule that says that pods or nodes fail is shown to be right by the program that fails: ' +
      'released plugins in a network namespace as terway leaves it, and the own code of Terway ' +
      `${TERWAY_RELEASE}. \`npm run test:plugins\` runs them. What can't be run names the source ` +
      'in which it was read.',
    ['| rule | what it says | shown by |', '| --- | --- | --- |', ...rows].join('\n'),
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

function programOf(showing: Showing): string {
  if (!('plugin' in showing)) return `Terway ${TERWAY_RELEASE}: ${STAGES[showing.stage]}`;
  return `${showing.plugin} ${showing.release ?? PLUGIN_RELEASES.at(-1) ?? ''}`;
}
