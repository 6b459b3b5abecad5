import type { ConfigMap } from '../../src/engine/core/eni-config.ts';
import { CNI_CHAIN_KEY, DOCUMENT_KEYS } from '../../src/engine/core/eni-config.ts';
import type { DecidedFinding } from '../../src/engine/core/finding.ts';
import { withEdits } from '../../src/engine/core/fix.ts';
import { readJson } from '../../src/engine/json/document.ts';
import type { JsonNode } from '../../src/engine/json/node.ts';
import { formatPath } from '../../src/engine/json/path.ts';
import { printable } from '../../src/engine/text/text.ts';
import type { Write } from './changes.ts';

/** What is asked of the fix of a finding. */

/** With their fix a text, an entry or a list is read for the first time. */
const REVEALING = new Set([
  'json-syntax',
  'chain-shape',
  'plugin-typo',
  'entry-type-name',
  'entry-type',
  'key-typo',
  'conf-changed',
  'conf-missing',
  'eni-conf-missing',
]);

const MAX_TOLD = 100;

/** Of more findings than these not every fix is tried out. */
const MANY = 10;

type Findings = readonly DecidedFinding[];

/** What is wrong with a fix, in words; empty where it does what it says. */
export function faultsOf(
  finding: DecidedFinding,
  change: Write,
  before: Findings,
  judge: (change: Write) => Findings,
): string[] {
  const { fix, rule } = finding;
  const object = change.new;
  if (!object || fix.edits === undefined) {
    const isCertain = fix.kind === 'paste' && object !== undefined && before.length <= MANY;
    return isCertain ? ['a text to paste without edits'] : [];
  }
  const mended = withEdits(object, fix.edits);
  const after = judge({ ...change, new: mended });
  const faults: string[] = [];
  const isSame = isAlike(finding);
  // As many findings of a rule are told; of more it can't be seen that one is gone.
  if (
    before.filter(isSame).length < MAX_TOLD &&
    after.filter(isSame).length >= before.filter(isSame).length
  ) {
    faults.push('the finding is still there');
  }
  const brought = after.filter(isNewTo(before)).map((other) => `${other.rule}: ${other.message}`);
  if (!REVEALING.has(rule)) faults.push(...brought.map((text) => `it brings ${text}`));
  faults.push(...lostBy(finding, object, mended).map((text) => `it loses ${text}`));
  if (fix.kind === 'paste' && !standsIn(fix.text, mended)) {
    faults.push('what is to be pasted does not stand in the result');
  }
  return faults;
}

const isAlike = (finding: DecidedFinding) => (other: DecidedFinding) =>
  other.rule === finding.rule && other.key === finding.key && other.message === finding.message;

/** Remarks about an accepted write come with any fix that makes it acceptable. */
const isNewTo = (before: Findings) => (finding: DecidedFinding) =>
  !finding.advisory && !before.some(({ rule }) => rule === finding.rule);

const squeezed = (text: string) => text.replace(/[\s"]+/g, '');

/** A plain text is written in quotes in YAML, and stands for itself. */
const standsIn = (text: string, { data }: ConfigMap) =>
  [...data.values()].some(
    (value) =>
      squeezed(value).includes(squeezed(text)) ||
      squeezed(unescaped(value)).includes(squeezed(text)) ||
      // Texts that are told show what is invisible by its escape.
      squeezed(printable(value, value.length)).includes(squeezed(text)) ||
      JSON.stringify(value) === text,
  );

/** A text of JSON whose names and values are written without escapes, other texts as they are. */
function unescaped(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}

/** Members and plugins that are gone, but for what the finding is about. */
function lostBy(finding: DecidedFinding, before: ConfigMap, after: ConfigMap): string[] {
  const lost: string[] = [];
  // The layout of YAML is another one, and its plugins may move to another key whole.
  for (const key of DOCUMENT_KEYS.filter((name) => name !== CNI_CHAIN_KEY)) {
    const texts = [before.data.get(key), after.data.get(key)].map((text) =>
      text === undefined ? undefined : readJson(text).root,
    );
    const [root, left] = texts;
    if (!root) continue;
    // A text that is put back is what the finding is about.
    if (finding.fix.edits?.some((edit) => edit.kind === 'set' && edit.key === key)) continue;
    const leaves = leavesOf(root);
    const named = leaves.filter((leaf) => isNamed(finding, key, leaf));
    const rest = [...(left ? leavesOf(left) : []), ...named];
    for (const leaf of leaves) {
      const index = rest.findIndex((other) => other.name === leaf.name && other.text === leaf.text);
      if (index === -1) lost.push(`${key}: ${leaf.path}`);
      else rest.splice(index, 1);
    }
  }
  return lost;
}

interface Leaf {
  readonly path: string;
  /** Of the member it is the value of, or of the list it stands in. */
  readonly name: string;
  readonly text: string;
}

function leavesOf(node: JsonNode, path: readonly (string | number)[] = []): Leaf[] {
  if (node.type === 'object' && node.members.length > 0) {
    return node.members.flatMap(({ name, value }) => leavesOf(value, [...path, name]));
  }
  if (node.type === 'array' && node.items.length > 0) {
    return node.items.flatMap((item, index) => leavesOf(item, [...path, index]));
  }
  const name = path.findLast((step): step is string => typeof step === 'string') ?? '';
  return [{ path: formatPath(path), name, text: JSON.stringify(node.value ?? node.type) }];
}

/** Whether a leaf stands where the finding is, or its fix names the entry or the member. */
function isNamed(finding: DecidedFinding, inKey: string, leaf: Leaf): boolean {
  const { key, path = [], fix } = finding;
  // What is mended in the first entry goes for 10-terway.conf as well.
  if (inKey === '10-terway.conf' && key === '10-terway.conflist') {
    const separator = leaf.path.startsWith('[') ? '' : '.';
    const inChain = { ...leaf, path: `plugins[0]${separator}${leaf.path}` };
    return path[1] === 0 && isNamed(finding, key, inChain);
  }
  if (key !== inKey) return false;
  const place = formatPath(path);
  if (
    place === leaf.path ||
    place.startsWith(`${leaf.path}.`) ||
    leaf.path.startsWith(`${place}.`) ||
    leaf.path.startsWith(`${place}[`)
  ) {
    return true;
  }
  const entry = formatPath(path.slice(0, 2));
  const isEntry = /\bremove this entry\b|remove the entry/.test(fix.text);
  return (isEntry && leaf.path.startsWith(`${entry}.`)) || fix.text.includes(`"${leaf.name}"`);
}
