import {
  type Change,
  type ConfigMap,
  ENI_CONF_KEY,
  OVERLAY_KEYS,
  OVERLAY_LABEL,
  type Overlay,
} from './eni-config.ts';
import type { Finding } from './finding.ts';
import { baseDocument, effectiveChange, mergingReader } from './overlay.ts';
import { type Review, createReview } from './review.ts';
import type { ReviewContext, Rule, RuleInfo } from './rule.ts';
import type { JsonDocument } from '../json/document.ts';
import { createDocumentReader } from '../json/document-reader.ts';
import { formatPath } from '../json/path.ts';
import { printable } from '../text/text.ts';

/** A rule about the write of an overlay as such. */
export interface OverlayRule<Id extends string = string> {
  readonly info: RuleInfo<Id>;
  /** `written` is the write itself, `context` what it makes of the nodes' configuration. */
  check(written: OverlayWrite, context: ReviewContext): ReturnType<Rule['check']>;
}

/** A write of an overlay. */
export interface OverlayWrite extends Change {
  readonly overlay: Overlay;
  /** Its eni_conf; undefined where it has none. */
  readonly patch: JsonDocument | undefined;
  /** What that is merged over; undefined where it is unknown or broken. */
  readonly base: JsonDocument | undefined;
}

/** The same as `defineRule` for a rule about overlays. */
export const defineOverlayRule = <const Id extends string>(rule: OverlayRule<Id>) => rule;

export interface OverlayRules {
  /** About the write as such. */
  readonly own: readonly OverlayRule[];
  /** About what the nodes read in the end. */
  readonly merged: readonly Rule[];
  /** Those of `merged` that judge members by themselves, for an overlay whose base is not known. */
  readonly isAlone: (rule: Rule) => boolean;
}

/**
 * Builds the review of overlays: the merged configuration is judged, and what is told has its place
 * in the overlay. What is wrong with eni-config itself is left to its own writes. Pure and total.
 */
export function createOverlayReview(rules: OverlayRules, internalError: RuleInfo): Review {
  const { merged, isAlone } = rules;
  const whole = createReview(merged, internalError);
  const alone = createReview(merged.filter(isAlone), internalError);
  return (change, facts, settings, read = createDocumentReader()) => {
    const { overlay } = change;
    if (!overlay) return [];
    const text = change.new?.data.get(ENI_CONF_KEY);
    const patch = text === undefined ? undefined : read(text);
    const base = baseDocument(overlay, read);
    const written: OverlayWrite = { ...change, overlay, patch, base };
    const merging = mergingReader(overlay, read);
    const effective = effectiveChange(change, overlay);
    const ownRules = rules.own.map((rule): Rule => {
      return { info: rule.info, check: (context) => rule.check(written, context) };
    });
    const own = createReview(ownRules, internalError)(effective, facts, settings, merging);
    if (change.operation === 'DELETE') return own;
    const found = (base ? whole : alone)(effective, facts, settings, merging);
    let known: ReadonlySet<string> | undefined;
    const isOfBase = (finding: Finding) => {
      known ??= idsOfBase();
      return known.has(idOf(finding));
    };
    const idsOfBase = () => {
      const bare = effectiveChange({ ...change, operation: 'CREATE' }, overlay).old;
      const asCreated: Change = { operation: 'CREATE', old: undefined, new: bare };
      return new Set(whole(asCreated, facts, settings, merging).map(idOf));
    };
    return [
      ...own.map((finding) => ({ ...finding, stored: finding.stored && isJudged(finding.key) })),
      ...found.flatMap((finding) => placed(finding, change.new, overlay, isOfBase)),
    ];
  };
}

const isJudged = (key: string | undefined) =>
  (OVERLAY_KEYS as readonly (string | undefined)[]).includes(key);

const idOf = ({ rule, path = [] }: Finding) => `${rule} ${formatPath(path)}`;

/** A finding with its place in the overlay; nothing where the base has it by itself. */
function placed(
  finding: Finding,
  object: ConfigMap | undefined,
  { name }: Overlay,
  isOfBase: (finding: Finding) => boolean,
): readonly Finding[] {
  // What stands in eni-config alone is judged when that is written.
  if (finding.key !== undefined && !isJudged(finding.key)) return [];
  const where = `it concerns nodes with the label ${OVERLAY_LABEL}: ${printable(name)}`;
  const refuses = finding.severity === 'deny' && finding.impact === 'outage';
  const message = refuses ? `${finding.message}; ${where}` : finding.message;
  if (finding.key !== ENI_CONF_KEY) return [{ ...finding, message }];
  const { at, fix, ...rest } = finding;
  // Edits are made for a text that is judged by itself.
  const told = { ...rest, fix: { kind: fix.kind, text: fix.text }, message };
  if (!at || at.offset < (object?.data.get(ENI_CONF_KEY)?.length ?? 0)) {
    return [{ ...told, ...(at && { at }) }];
  }
  if (isOfBase(finding)) return [];
  return [{ ...told, message: `${message}; the member stands in eni-config` }];
}
