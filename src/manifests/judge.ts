import { type Verdict, decide } from '../engine/core/decide.ts';
import { CONFLIST_KEY, CONF_KEY, type Change, type ConfigMap } from '../engine/core/eni-config.ts';
import type { Facts } from '../engine/core/facts.ts';
import type { DecidedFinding } from '../engine/core/finding.ts';
import type { Policy } from '../engine/core/policy.ts';
import { inject } from '../engine/defaults/inject.ts';
import type { DefaultsPolicy } from '../engine/defaults/policy.ts';
import { storedConf, withConf } from '../engine/defaults/stored-conf.ts';
import { createDocumentReader } from '../engine/json/document-reader.ts';
import type { Insertion } from '../engine/json/insertion.ts';
import { LineIndex, type Range } from '../engine/json/position.ts';
import type { FilePlace, LintedFinding, LintedObject } from '../engine/report/lint-report.ts';
import { review, reviewStored } from '../engine/rules/index.ts';
import type { ManifestObject } from './read.ts';

export interface JudgeOptions {
  readonly facts: Facts;
  readonly policy: Policy;
  readonly defaults: DefaultsPolicy;
}

/**
 * Judges an eni-config in files as the webhook would: what the mutating half makes of it is reviewed.
 * With `old` it is the change from there, as an update by a person; without, the state, as Terway
 * would find it. Pure and total.
 */
export function judge(
  object: ManifestObject,
  old: ConfigMap | undefined,
  { facts, policy, defaults }: JudgeOptions,
): LintedObject {
  const read = createDocumentReader();
  const settings = object.isPartial && !old ? withoutMissingKeys(policy) : policy;
  const written: Change = {
    operation: old ? 'UPDATE' : 'CREATE',
    old,
    new: object.configMap,
  };
  const conf = storedConf(written, settings, read);
  const change = conf === undefined ? written : withConf(written, conf);
  const injection = inject(change, facts, { policy: settings, defaults, review }, read);
  const judged = withText(change.new ?? object.configMap, CONFLIST_KEY, injection.conflist);
  const verdict: Verdict = old
    ? decide(review({ ...change, new: judged }, facts, settings, read), {
        rules: settings.rules,
        mode: settings.mode,
      })
    : reviewStored(judged, facts, settings, read);
  const places = new Places(object, injection.insertions ?? [], conf !== undefined);
  return {
    file: object.file.name,
    isCompared: old !== undefined,
    object: judged,
    verdict,
    remarks: injection.warnings,
    findings: verdict.findings.map((finding): LintedFinding => ({
      finding,
      place: places.of(finding),
    })),
  };
}

/** What a file leaves out may stand elsewhere: nothing says that these keys are not there. */
function withoutMissingKeys(policy: Policy): Policy {
  const rules = new Map(policy.rules);
  for (const id of ['conf-missing', 'eni-conf-missing']) rules.set(id, 'off');
  return { ...policy, rules };
}

function withText(object: ConfigMap, key: string, text: string | undefined): ConfigMap {
  return text === undefined ? object : { ...object, data: new Map(object.data).set(key, text) };
}

/** Finds where in its files a finding stands. */
class Places {
  readonly #object: ManifestObject;
  readonly #insertions: readonly Insertion[];
  readonly #isConfPutBack: boolean;
  readonly #lines = new Map<string, LineIndex>();

  constructor(object: ManifestObject, insertions: readonly Insertion[], isConfPutBack: boolean) {
    this.#object = object;
    this.#insertions = [...insertions].sort((a, b) => a.offset - b.offset);
    this.#isConfPutBack = isConfPutBack;
  }

  of({ key, at }: DecidedFinding): FilePlace {
    const source = key === undefined ? undefined : this.#object.texts.get(key);
    if (!source) return this.#placeOf(this.#object.file, this.#object.range);
    const { file, map, keyRange, range } = source;
    if (!at) return this.#placeOf(file, keyRange ?? { offset: range.offset, length: 0 });
    if (!map || (key === CONF_KEY && this.#isConfPutBack)) return this.#placeOf(file, range);
    return this.#placeOf(file, map.rangeOf(key === CONFLIST_KEY ? this.#asWritten(at) : at));
  }

  /** Where a range of the text that was judged stands in the text before defaults were put in. */
  #asWritten({ offset, length }: Range): Range {
    const start = this.#offsetAsWritten(offset);
    return { offset: start, length: this.#offsetAsWritten(offset + length) - start };
  }

  #offsetAsWritten(offset: number): number {
    let added = 0;
    for (const { offset: at, text } of this.#insertions) {
      if (at + added >= offset) break;
      added += Math.min(text.length, offset - at - added);
    }
    return offset - added;
  }

  #placeOf({ name, text }: ManifestObject['file'], { offset, length }: Range): FilePlace {
    let lines = this.#lines.get(name);
    if (!lines) this.#lines.set(name, (lines = new LineIndex(text)));
    return { file: name, start: lines.positionAt(offset), end: lines.positionAt(offset + length) };
  }
}
