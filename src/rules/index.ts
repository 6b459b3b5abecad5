import { RULE_INFO } from '../catalogue/rules.ts';
import { createReview } from '../core/review.ts';
import type { Rule } from '../core/rule.ts';
import * as chain from './chain.ts';
import * as firstEntry from './first-entry.ts';
import * as json from './json.ts';
import * as object from './object.ts';
import * as versions from './versions.ts';

/** Every rule, in the order in which its findings are told: from the whole to the detail. */
export const RULES: readonly Rule[] = [
  object.objectDeleted,
  object.binaryData,
  object.confChanged,
  object.confMissing,
  object.eniConfMissing,
  json.jsonSyntax,
  json.jsonNumber,
  json.jsonDepth,
  json.jsonSize,
  json.jsonDuplicate,
  chain.confNotEntry,
  chain.chainShape,
  chain.entryType,
  chain.entryTypeName,
  chain.terwayNotFirst,
  chain.terwayRepeated,
  chain.pluginTypo,
  firstEntry.firstEntryDiffers,
  versions.chainVersion,
  versions.fieldVersion,
  firstEntry.firstEntryUnverified,
  chain.pluginUnknown,
  json.jsonNameCase,
  chain.restartNeeded,
];

/** Judges a change of kube-system/eni-config with every rule. Pure and total. */
export const review = createReview(RULES, RULE_INFO['guard-error']);
