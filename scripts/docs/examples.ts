import { readFileSync, readdirSync } from 'node:fs';
import { parse } from 'yaml';
import {
  type BreakGlassAnswer,
  breakGlassRequestIn,
  readBreakGlassRequest,
} from '../../src/engine/core/break-glass.ts';
import { denialsIn, decide, type Verdict } from '../../src/engine/core/decide.ts';
import {
  type Change,
  type ConfigMap,
  NO_CONTENT,
  type Overlay,
} from '../../src/engine/core/eni-config.ts';
import type { Facts, KubeProxyMode, Fact, FactSource } from '../../src/engine/core/facts.ts';
import { DEFAULT_POLICY, type Policy, type RuleSetting } from '../../src/engine/core/policy.ts';
import { parseVersion } from '../../src/engine/core/version.ts';
import { BREAK_GLASS_RULES } from '../../src/engine/rules/break-glass.ts';
import { RULE_IDS, type RuleId, review } from '../../src/engine/rules/index.ts';

/**
 * The examples of the rules' pages: for each rule a write in which it speaks and one in which it does
 * not, in docs/rules/examples, on the cluster of docs/rules/examples.yaml.
 */

const FOLDER = new URL('../../docs/rules/examples/', import.meta.url);
const CLUSTER = new URL('../../docs/rules/examples.yaml', import.meta.url);

/** Part of the ConfigMap, laid over what is stored: null removes (RFC 7386). */
export interface Patch {
  readonly metadata?: { readonly annotations: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string | null>>;
  readonly binaryData?: Readonly<Record<string, string>>;
  readonly immutable?: boolean;
}

/** What is known of a cluster, as the files have it. */
export interface StatedFacts {
  readonly terway?: string;
  readonly plugins?: Readonly<Record<string, string>>;
  readonly kubeProxyMode?: KubeProxyMode;
  /** How many nodes are in exclusive-ENI mode. */
  readonly exclusiveEniNodes?: number;
  /** How many nodes lack the binary of a plugin, of ten. */
  readonly nodesWithout?: Readonly<Record<string, number>>;
}

/** What the configuration says otherwise than by default. */
export interface StatedPolicy {
  readonly firstEntry?: Policy['firstEntry'];
  readonly rules?: Readonly<Record<string, RuleSetting>>;
}

/** The writes are of a ConfigMap `pool-a` that is merged over the stored eni-config. */
export interface StatedOverlay {
  /** How many nodes name it. */
  readonly nodes: number;
  readonly isBaseUnknown?: true;
}

interface ExampleFile {
  readonly operation?: 'CREATE';
  readonly overlay?: StatedOverlay;
  readonly facts?: StatedFacts;
  readonly policy?: StatedPolicy;
  /** What is stored otherwise than in the cluster of the examples. */
  readonly stored?: Patch;
  readonly bad: Patch | 'DELETE';
  readonly good: Patch | 'DELETE';
}

/** A write, and what the guard says of it. */
export interface Example {
  readonly patch: Patch | 'DELETE';
  readonly change: Change;
  readonly verdict: Verdict;
}

export interface RuleExamples extends Pick<
  ExampleFile,
  'operation' | 'overlay' | 'facts' | 'policy' | 'stored'
> {
  readonly bad: Example;
  readonly good: Example;
}

/** The cluster of the examples: what is known of it, and the object that is stored. */
export interface ExampleCluster {
  readonly facts: StatedFacts;
  readonly stored: Patch;
}

const readYaml = (url: URL): unknown => parse(readFileSync(url, 'utf8'));

export const exampleCluster = (): ExampleCluster => readYaml(CLUSTER) as ExampleCluster;

/** The examples by rule; throws for a file that is called like none of them. */
export function ruleExamples(): ReadonlyMap<RuleId, RuleExamples> {
  const cluster = exampleCluster();
  const names = readdirSync(FOLDER).map((name) => name.replace(/\.yaml$/, ''));
  return new Map(
    names.map((name) => {
      const id = RULE_IDS.find((known) => known === name);
      if (!id) throw new Error(`docs/rules/examples/${name}.yaml: there is no such rule`);
      const file = readYaml(new URL(`${name}.yaml`, FOLDER)) as ExampleFile;
      return [id, examplesOf(file, cluster)];
    }),
  );
}

function examplesOf(file: ExampleFile, cluster: ExampleCluster): RuleExamples {
  const { operation, overlay, facts, policy, stored, bad, good } = file;
  const whole = overlay ? [] : [cluster.stored];
  const before = [...whole, ...(stored ? [stored] : [])].reduce(patched, NO_CONTENT);
  const rules = new Map(Object.entries(policy?.rules ?? {}));
  const settings = { ...DEFAULT_POLICY, ...policy, rules };
  const known = factsOf({ ...cluster.facts, ...facts });
  const example = (patch: Patch | 'DELETE'): Example => {
    const change = {
      ...changeBy(patch, before, operation === 'CREATE'),
      ...(overlay && { overlay: overlayOf(overlay, cluster) }),
    };
    return { patch, change, verdict: verdictOn(change, known, settings) };
  };
  return {
    ...(operation && { operation }),
    ...(overlay && { overlay }),
    ...(facts && { facts }),
    ...(policy && { policy }),
    ...(stored && { stored }),
    bad: example(bad),
    good: example(good),
  };
}

function overlayOf({ nodes, isBaseUnknown }: StatedOverlay, { stored }: ExampleCluster): Overlay {
  const base = isBaseUnknown ? undefined : patched(NO_CONTENT, stored);
  return { name: 'pool-a', base, nodes: { count: nodes, isOpen: false } };
}

function changeBy(patch: Patch | 'DELETE', before: ConfigMap, isNew: boolean): Change {
  if (patch === 'DELETE') return { operation: 'DELETE', old: before, new: undefined };
  const after = patched(before, patch);
  return isNew
    ? { operation: 'CREATE', old: undefined, new: after }
    : { operation: 'UPDATE', old: before, new: after };
}

function patched(object: ConfigMap, { metadata, data, binaryData, immutable }: Patch): ConfigMap {
  const texts = new Map(object.data);
  for (const [key, text] of Object.entries(data ?? {})) {
    if (text === null) texts.delete(key);
    else texts.set(key, unabridged(text));
  }
  const breakGlass = metadata && breakGlassRequestIn(metadata.annotations);
  return {
    data: texts,
    binaryData: new Map([...object.binaryData, ...Object.entries(binaryData ?? {})]),
    immutable: immutable ?? object.immutable,
    ...(breakGlass && { breakGlass }),
  };
}

/** `<<300 times [>>` stands for 300 of them, as a page has no room for such texts. */
const unabridged = (text: string) =>
  text.replace(/<<(\d+) times (.+?)>>/g, (_, times: string, part: string) =>
    part.repeat(Number(times)),
  );

/** When the writes are made, and how far ahead break-glass may end then. */
const NOW = Date.parse('2026-01-01T12:00:00Z');
const MAX_MINUTES = 240;

function verdictOn(change: Change, facts: Facts, policy: Policy): Verdict {
  const findings = review(change, facts, policy);
  const judged = (answer?: BreakGlassAnswer) =>
    decide(findings, {
      rules: policy.rules,
      breakGlass: answer && { answer, rules: BREAK_GLASS_RULES },
    });
  const request = change.new?.breakGlass;
  if (!request) return judged();
  const read = readBreakGlassRequest(request, NOW, MAX_MINUTES);
  if ('status' in read) return judged(read);
  const isUsed = denialsIn(judged()).length > 0;
  return judged({ ...read, status: isUsed ? 'used' : 'opened', remains: true });
}

const PROBED_NODES = 10;
const NODE_NAMES = ['cn-hangzhou.10.0.1.7', 'cn-hangzhou.10.0.1.8', 'cn-hangzhou.10.0.1.9'];

const nodes = (count: number) => ({ count, names: NODE_NAMES.slice(0, count) });

function factsOf(stated: StatedFacts): Facts {
  const { terway, plugins = {}, kubeProxyMode, exclusiveEniNodes, nodesWithout } = stated;
  const lacking = Object.entries(nodesWithout ?? {});
  return {
    terwayDaemonSet: from({ kind: 'namespace', name: 'kube-system' }, 'terway-eniip'),
    ...(terway === undefined
      ? {}
      : { terway: from({ kind: 'daemon-set', name: 'terway-eniip' }, versionOf(terway)) }),
    plugins: new Map(
      Object.entries(plugins).map(([type, version]) => [
        type,
        from({ kind: 'node-probe' }, versionOf(version)),
      ]),
    ),
    ...(kubeProxyMode && {
      kubeProxyMode: from({ kind: 'config-map', name: 'kube-proxy-worker' }, kubeProxyMode),
    }),
    ...(exclusiveEniNodes === undefined
      ? {}
      : { exclusiveEniNodes: from({ kind: 'node-labels' }, nodes(exclusiveEniNodes)) }),
    ...(nodesWithout && {
      binaries: from(
        { kind: 'node-probe' },
        {
          probed: PROBED_NODES,
          present: new Set([...Object.keys(plugins), 'terway', ...lacking.map(([name]) => name)]),
          missing: new Map(lacking.map(([name, count]) => [name, nodes(count)])),
        },
      ),
    }),
  };
}

const from = <T>(source: FactSource, value: T): Fact<T> => ({ value, source });

function versionOf(text: string) {
  const version = parseVersion(text);
  if (!version) throw new Error(`docs/rules: ${text} is no version`);
  return version;
}
