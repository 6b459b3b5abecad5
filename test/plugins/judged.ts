import { denialsIn } from '../../src/engine/core/decide.ts';
import type { ConfigMap } from '../../src/engine/core/eni-config.ts';
import type { Facts } from '../../src/engine/core/facts.ts';
import type { Finding } from '../../src/engine/core/finding.ts';
import type { Data } from '../support/config-maps.ts';
import { known, knownVersion } from '../support/facts.ts';
import { PLUGIN_TYPES, TERWAY_RELEASE } from '../support/plugin-releases.ts';
import { verdictOn } from '../support/verdicts.ts';
import type { Document } from './documents.ts';
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
    documents.map(({ data }) => data),
  );
  return documents.map((document, index) => ({
    ...document,
    failures: verdicts[index]!.filter((failure) => !isOfThisNode(failure)),
    denials: denialsOf(document),
  }));
}

/** What another node may well have. */
const isOfThisNode = ({ message }: Failure) => /Link not found$/.test(message);

/** The findings for which the guard refuses the write. */
export function denialsOf({ old, data }: Document): Finding[] {
  const change = old
    ? ({ operation: 'UPDATE', old: configMap(old), new: configMap(data) } as const)
    : ({ operation: 'CREATE', old: undefined, new: configMap(data) } as const);
  return denialsIn(verdictOn(change, FACTS));
}

const FACTS: Facts = {
  terway: knownVersion(TERWAY_RELEASE),
  plugins: new Map(PLUGIN_TYPES.map((type) => [type, knownVersion('1.10.0')])),
  kubeProxyMode: known('iptables'),
};

const configMap = (data: Data): ConfigMap => ({
  data: new Map(Object.entries(data)),
  binaryData: new Map(),
  immutable: false,
});
