import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import type { DecidedFinding } from '../../../../src/engine/core/finding.ts';
import type { DataEdit, Way } from '../../../../src/engine/core/fix.ts';
import { createReview } from '../../../../src/engine/core/review.ts';
import { describeFinding, fieldOf } from '../../../../src/engine/report/finding-text.ts';
import { RULE_IDS, RULE_INFO, type RuleId } from '../../../../src/engine/rules/index.ts';
import { verdictOn } from '../../../support/verdicts.ts';
import { EDITS, FAMILIES, type WorkedEdit } from './edits/index.ts';

/**
 * Every rule's message as a person reads it, for review by eye: messages.txt. All that the rules say
 * of the worked edits, and what it comes to as edits and ways out, a file a family: said/, so that no
 * word changes unseen. UPDATE_GOLDEN=1 writes them anew.
 */
const GOLDEN = new URL('messages.txt', import.meta.url);

/** The first worked edit in which a rule speaks, as its finding is shown. */
function messageOf(id: RuleId): string {
  for (const { name, change, facts, policy, deny, warn } of EDITS) {
    if (!id.endsWith('takes-effect') && ![...deny, ...warn].includes(id)) continue;
    const verdict = verdictOn(change, facts, policy);
    const finding = verdict.findings.find(({ rule }) => rule === id);
    if (!finding) continue;
    const text = describeFinding(finding, change.new);
    return `== ${id} (${finding.severity}), ${name}\n* ${fieldOf(finding)}: ${text}\n`;
  }
  return `== ${id}\n* ${guardError()}\n`;
}

/** What is said of a cluster whose nodes differ; the remark that follows most edits is left out. */
function messagesOfLiveFacts(): string[] {
  return EDITS.filter(({ name }) => name.startsWith('live: ')).flatMap(
    ({ name, change, facts, policy }) => {
      const verdict = verdictOn(change, facts, policy);
      return verdict.findings
        .filter(
          ({ rule }) => !['restart-needed', 'takes-effect'].includes(rule) || facts.terwayDaemonSet,
        )
        .map((finding) => {
          const text = describeFinding(finding, change.new);
          return `== ${name} (${finding.severity})\n* ${fieldOf(finding)}: ${text}\n`;
        });
    },
  );
}

/** No edit makes a rule of the guard throw, so a fake one does. */
function guardError(): string {
  const broken = {
    info: RULE_INFO['json-syntax'],
    check(): never {
      throw new TypeError('a fake rule');
    },
  };
  const { change, facts, policy } = EDITS[0]!;
  const review = createReview([broken], RULE_INFO['guard-error']);
  const [finding] = review(change, facts, policy);
  return `${fieldOf(finding!)}: ${describeFinding(finding!, change.new)}`;
}

t.test('every message is the one that was reviewed', (t) => {
  const text = [...RULE_IDS.map(messageOf), ...messagesOfLiveFacts()].join('\n');
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(GOLDEN, text);
  t.equal(readFileSync(GOLDEN, 'utf8'), text);
  t.end();
});

/** All that is said of the edits of a family, each once. */
const wordsOfFamily = (family: readonly WorkedEdit[]): string =>
  [
    ...new Set(
      family.flatMap(({ change, facts, policy }) =>
        verdictOn(change, facts, policy).findings.map(wordsOf),
      ),
    ),
  ].join('\n');

function wordsOf({ rule, severity, impact, message, fix }: DecidedFinding): string {
  const { kind, text, edits, ways = [] } = fix;
  return [
    `${rule}, ${severity}, ${impact}: ${message}`,
    `  ${kind}: ${text}`,
    ...(edits ? [`  edits: ${edits.map(editText).join('; ')}`] : []),
    ...ways.map((way) => `  way: ${wayText(way)}`),
    '',
  ].join('\n');
}

function editText(edit: DataEdit): string {
  if (edit.kind === 'set') return `set ${edit.key} to ${JSON.stringify(edit.text)}`;
  if (edit.kind === 'remove') return `remove ${edit.key}`;
  if (edit.kind === 'rename') return `rename ${edit.key} to ${edit.to}`;
  const places = edit.edits.map(
    ({ offset, length, text }) => `${offset}+${length} ${JSON.stringify(text)}`,
  );
  return `${edit.key} ${places.join(', ')}`;
}

function wayText(way: Way): string {
  const { edits, ...others } = { edits: [], ...way };
  return [...edits.map(editText), asJson(others)].join('; ');
}

/** Maps and sets of settings are written as lists. */
const asJson = (value: unknown) =>
  JSON.stringify(value, (_, inner: unknown) =>
    inner instanceof Map || inner instanceof Set ? [...(inner as Iterable<unknown>)] : inner,
  );

for (const [name, family] of Object.entries(FAMILIES)) {
  t.test(`what is said of the family ${name} is as it was, word by word`, (t) => {
    const golden = new URL(`said/${name}.txt`, import.meta.url);
    const text = wordsOfFamily(family);
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(golden, text);
    t.equal(readFileSync(golden, 'utf8'), text);
    t.end();
  });
}

t.test('messages are plain ASCII and at most 100 columns wide, text to paste aside', (t) => {
  const text = readFileSync(GOLDEN, 'utf8');
  t.match(text, /^[\x20-\x7e\n]*$/);
  const tooWide = text.split('\n').filter((line) => {
    const isPaste = /^ {2}fix: ["{[]/.test(line);
    const isOneWord = !line
      .replace(/^\* \S+: /, '')
      .trim()
      .includes(' ');
    return line.length > 100 && !isPaste && !isOneWord && !line.startsWith('== ');
  });
  t.same(tooWide, []);
  t.end();
});
