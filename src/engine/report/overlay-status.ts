import { type ConfigMap, ENI_CONF_KEY, OVERLAY_LABEL } from '../core/eni-config.ts';
import { type Verdict, denialsIn } from '../core/decide.ts';
import { count, printable, shortened } from '../text/text.ts';
import { fieldsOf, mostSevere } from './finding-fields.ts';
import { BULLET, describeFinding, fieldOf } from './finding-text.ts';

/** What `status` tells of a ConfigMap that nodes name with the label terway-config. */
export interface OverlayStatus {
  readonly name: string;
  /** Nodes that name it. */
  readonly nodes: number;
  /** Undefined when there is no such ConfigMap. */
  readonly object: ConfigMap | undefined;
  readonly verdict: Verdict;
}

/** Whether a node finds there what its label promises: the object, and the key that counts. */
const isDangling = ({ object }: OverlayStatus) => !object?.data.has(ENI_CONF_KEY);

/** Whether nodes lack their settings, or their daemon does not start with them. */
export const isOverlayBroken = (overlay: OverlayStatus) =>
  isDangling(overlay) || !overlay.verdict.allowed;

const MAX_TEXT_LENGTH = 2000;

export function overlayFields(overlay: OverlayStatus) {
  const { name, nodes, object, verdict } = overlay;
  const shown = mostSevere(verdict.findings);
  return {
    name: printable(name),
    nodes,
    exists: object !== undefined,
    dangling: isDangling(overlay),
    verdict: verdict.allowed ? 'allow' : 'deny',
    findings: shown.map((finding) => ({
      ...fieldsOf(finding, object),
      message: shortened(finding.message, MAX_TEXT_LENGTH),
      fix: shortened(finding.fix.text, MAX_TEXT_LENGTH),
    })),
    findingsOmitted: verdict.findings.length - shown.length,
  };
}

export function overlayLines(overlays: readonly OverlayStatus[]): string[] {
  if (overlays.length === 0) return [];
  return [
    '',
    `Merged over it, on nodes with the label ${OVERLAY_LABEL}:`,
    ...overlays.flatMap(linesOf),
  ];
}

function linesOf(overlay: OverlayStatus): string[] {
  const { name, nodes, object, verdict } = overlay;
  const lead = `${printable(name)} (${count(nodes, 'node')}): `;
  if (!object) return [`${lead}there is no such ConfigMap; ${WITHOUT}`];
  const denied = denialsIn(verdict).length;
  const shown = mostSevere(verdict.findings);
  return [
    `${lead}${count(denied, 'problem')}, ${count(verdict.findings.length - denied, 'remark')}` +
      (isDangling(overlay) ? `; it has no ${ENI_CONF_KEY}; ${WITHOUT}` : ''),
    ...shown.map(
      (finding) =>
        `${BULLET}${finding.severity}: ${fieldOf(finding)}: ` +
        describeFinding(finding, object, `${BULLET}${finding.severity}: `.length),
    ),
  ];
}

const WITHOUT = 'these nodes go on with eni-config alone, or get no addresses under central IPAM';
