import { ENI_CONF_KEY, OVERLAY_LABEL } from '../core/eni-config.ts';
import { denialsIn } from '../core/decide.ts';
import { type StoredOverlay, isDangling } from '../core/stored-overlay.ts';
import { count, printable, shortened } from '../text/text.ts';
import { fieldsOf, mostSevere } from './finding-fields.ts';
import { BULLET, describeFinding, fieldOf } from './finding-text.ts';

const MAX_TEXT_LENGTH = 2000;

/** What `status` tells of a ConfigMap that nodes name with the label terway-config. */
export function overlayFields(overlay: StoredOverlay) {
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

export function overlayLines(overlays: readonly StoredOverlay[], omitted: number): string[] {
  if (overlays.length === 0) return [];
  return [
    '',
    `Merged over it, on nodes with the label ${OVERLAY_LABEL}:`,
    ...overlays.flatMap(linesOf),
    ...(omitted > 0 ? [`and ${count(omitted, 'more ConfigMap')}, not read`] : []),
  ];
}

function linesOf(overlay: StoredOverlay): string[] {
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
