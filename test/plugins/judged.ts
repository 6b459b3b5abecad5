import { denialsIn } from '../../src/engine/core/decide.ts';
import type { ConfigMap } from '../../src/engine/core/eni-config.ts';
import type { Facts } from '../../src/engine/core/facts.ts';
import type { Finding } from '../../src/engine/core/finding.ts';
import type { Write } from '../support/changes.ts';
import type { Data } from '../support/config-maps.ts';
import { known, knownVersion } from '../support/facts.ts';
import { PLUGIN_TYPES, TERWAY_RELEASE } from '../support/plugin-releases.ts';
import { verdictOn } from '../support/verdicts.ts';
import type { Document } from './documents.ts';
import { type Reasons, reasonsOf } from './reasons.ts';
import { TERWAY_EXCEPTIONS } from './terway-exceptions.ts';
import { type Failure, judgeByTerway } from './terway-judge.ts';

/** A write, what Terway's code made of it and why the guard would refuse it. */
export interface Judged extends Document {
  /** Empty when a node starts with it. */
  readonly failures: readonly Failure[];
  /** Empty when the guard admits it. */
  readonly denials: readonly Finding[];
}

/** Has both judge every document, the guard on a cluster whose releases are known. */
export async function judgeAll(judge: string, documents: readonly Document[]): Promise<Judged[]> {
  const verdicts = await judgeByTerway(
    judge,
    documents.map(({ data }) => ({ data })),
  );
  return documents.map((document, index) => ({
    ...document,
    failures: verdicts[index]!.filter((failure) => !isOfThisNode(failure)),
    denials: denialsOf(document),
  }));
}

/** The writes that the guard admits and Terway does not start with. */
export const falseAdmissions = (judged: readonly Judged[]): Judged[] =>
  judged.filter(({ failures, denials }) => failures.length > 0 && denials.length === 0);

/** The writes that the guard refuses although Terway starts with them, by the reasons of it. */
export function falseDenials(judged: readonly Judged[]): Reasons<Judged> {
  const refused = judged.filter(
    ({ failures, denials }) => failures.length === 0 && denials.length > 0,
  );
  return reasonsOf(refused, ({ denials }) =>
    denials.map(
      (finding) => TERWAY_EXCEPTIONS.find(({ covers }) => covers(finding, denials))?.name,
    ),
  );
}

const SHOWN = 20;

/** The first of them as text: what differs from the stored object, what Terway says, what the guard. */
export function describeJudged(judged: readonly Judged[]): string {
  const paragraphs = judged.slice(0, SHOWN).map(({ old, data, failures, denials }) => {
    const changed = Object.entries(data).filter(([key, text]) => old?.[key] !== text);
    return [
      old ? 'UPDATE' : 'CREATE',
      ...changed.map(([key, text]) => `  ${key}: ${text.replace(/\s+/g, ' ').slice(0, 1000)}`),
      ...failures.map(({ stage, message }) => `  Terway, ${stage}: ${message.slice(0, 300)}`),
      ...denials.map(({ rule, message }) => `  guard: [${rule}] ${message}`),
    ].join('\n');
  });
  const more = judged.length - SHOWN;
  return [...paragraphs, ...(more > 0 ? [`... and ${more} more`] : [])].join('\n');
}

/** What another node may well have. */
const isOfThisNode = ({ message }: Failure) => message.endsWith('Link not found');

/** The findings for which the guard refuses the write. */
const denialsOf = (document: Document) => denialsIn(verdictOn(changeOf(document), FACTS));

/** The document as a write that the guard is asked about. */
export function changeOf({ old, data }: Document): Write {
  return old
    ? { operation: 'UPDATE', old: configMap(old), new: configMap(data) }
    : { operation: 'CREATE', old: undefined, new: configMap(data) };
}

/** A cluster whose releases are known, and the newest. */
export const FACTS: Facts = {
  terway: knownVersion(TERWAY_RELEASE),
  plugins: new Map(PLUGIN_TYPES.map((type) => [type, knownVersion('1.10.0')])),
  kubeProxyMode: known('iptables'),
};

const configMap = (data: Data): ConfigMap => ({
  data: new Map(Object.entries(data)),
  binaryData: new Map(),
  immutable: false,
});
