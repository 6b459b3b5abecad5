import { isCredentialName, isHiddenNearby, masked } from '../json/credentials.ts';
import { isSecretKey } from './eni-config.ts';
import type { Problem } from './finding.ts';
import type { ReviewContext, RuleInfo } from './rule.ts';

/**
 * A problem that tells no value of a member that looks like a credential, neither in what to paste
 * nor as a name, which such a value becomes where it is taken for one. Edits keep it.
 */
export function withoutCredentials(
  problem: Problem,
  info: RuleInfo,
  { object }: ReviewContext,
): Problem {
  const { key, path, at, fix } = problem;
  // Rules tell nothing of eni_conf to begin with.
  if (key === undefined || isSecretKey(key)) return problem;
  const text = object.data.get(key);
  if (path && at && text !== undefined && isHiddenNearby(text, at)) {
    const first = path.findIndex((step) => typeof step === 'string' && isCredentialName(step));
    return {
      ...problem,
      path: path.slice(0, first),
      message: `${info.title}; what stands here looks like a credential and is not shown`,
      fix: { ...info.fix, ...(fix?.edits && { edits: fix.edits, isTentative: true }) },
    };
  }
  if (fix?.kind !== 'paste') return problem;
  const shown = masked(fix.text);
  if (shown === fix.text) return problem;
  const words = `write ${shown}, with the real values in place of the asterisks`;
  return { ...problem, fix: { ...fix, kind: 'prose', text: words } };
}
