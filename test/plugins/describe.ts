import type { Finding } from '../../src/engine/core/finding.ts';
import type { Case } from './cases.ts';
import type { Disagreement } from './compare.ts';

const SHOWN = 20;

/**
 * The first disagreements as text, one paragraph each: the configuration, what the program said,
 * what the guard said. Releases that gave the same answer share a paragraph. Empty without any.
 */
export function describeAll(disagreements: readonly Disagreement[]): string {
  const groups = new Map<string, Disagreement[]>();
  for (const disagreement of disagreements) {
    const { one, findings } = disagreement;
    const key = JSON.stringify([one.entry, answerOf(one), verdictOf(findings)]);
    groups.set(key, [...(groups.get(key) ?? []), disagreement]);
  }
  const paragraphs = [...groups.values()].map((group) => {
    const { one, findings } = group[0]!;
    const speakers = [...new Set(group.map((member) => member.one.speaker))].join(', ');
    return `${one.entry}\n  ${speakers}: ${answerOf(one)}\n  guard: ${verdictOf(findings)}`;
  });
  const more = paragraphs.length - SHOWN;
  if (more > 0) paragraphs.splice(SHOWN, more, `... and ${more} more`);
  return paragraphs.join('\n');
}

function answerOf({ outcome, message }: Case): string {
  return message === '' ? outcome : `${outcome} (${message})`;
}

function verdictOf(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'nothing to deny';
  return findings.map((finding) => `[${finding.rule}] ${finding.message}`).join('; ');
}
