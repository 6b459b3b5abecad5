import { isTerwayEntry } from '../core/chain.ts';
import { CONFLIST_KEY, CONF_KEY, DOCUMENT_KEYS, ENI_CONF_KEY } from '../core/eni-config.ts';
import { mostBytes } from '../core/object-size.ts';
import type { ReviewContext } from '../core/rule.ts';
import { MAX_TEXT_LENGTH } from '../json/document.ts';
import { eniConfOf } from './eni-conf.ts';

/** What few objects have in their texts, each as a whole. */
export type TextTrait =
  /** A text that can't be read, or not to the end. */
  | 'unread'
  /** More text than may be stored, as it seems without a look into it. */
  | 'long'
  /** A text of 10-terway.conf that is no entry of terway. */
  | 'other-conf'
  /** A conflist without plugins. */
  | 'no-plugins'
  /** A conflist that begins with another plugin than terway. */
  | 'other-first'
  /** A text of eni_conf that is no object, or one with members that the daemon does not know. */
  | 'other-eni-conf';

export function textTraits(context: ReviewContext): TextTrait[] {
  const found: TextTrait[] = [];
  for (const key of DOCUMENT_KEYS) {
    const document = context.document(key);
    if (document && document.problems.length > 0) found.push('unread');
  }
  if (mostBytes(context.object) > MAX_TEXT_LENGTH) found.push('long');
  const conf = context.document(CONF_KEY);
  if (conf && !(conf.root && isTerwayEntry(conf.root))) found.push('other-conf');
  const chain = context.chain(CONFLIST_KEY);
  const first = chain?.[0];
  if (!first) found.push('no-plugins');
  else if (first.type !== 'terway') found.push('other-first');
  if (context.document(ENI_CONF_KEY) && eniConfOf(context)?.unknown.length !== 0) {
    found.push('other-eni-conf');
  }
  return found;
}
