import type { Problem } from '../core/finding.ts';
import { CNI_CHAIN_KEY, CONFLIST_KEY, CONF_KEY } from '../core/eni-config.ts';
import { paste, prose } from '../core/fix.ts';
import { NO_PROBLEMS, defineRule, type ReviewContext } from '../core/rule.ts';
import { pathOf } from '../json/node.ts';
import { fieldSetting } from './entry-edits.ts';
import { datapathOf, isPublicAccess } from '../reading/datapath.ts';
import { type DecodedObject, scalarAt, valueAt } from '../reading/decoded-object.ts';
import { aboutEntries } from '../reading/subjects.ts';
import { eachPortmap } from './portmap.ts';

/** What access from the internet needs on each datapath. */

const DOUBT = {
  mixed: 'some nodes of this cluster have it',
  unknown: 'which datapath this cluster has is not known',
};

export const publicAccess = defineRule({
  info: {
    id: 'public-access-masqall',
    title: 'Public access on Datapath V2 needs masqAll',
    why: "ACK documents masqAll as required together with symmetric_routing on Datapath V2: packets bypass the host's address translation there.",
    fix: prose('set masqAll to true in the portmap entry'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueRequired',
  },
  about: aboutEntries('portmap'),
  check: eachPortmap((entry, context) =>
    isPublicAccess(context, entry.key) ? withoutMasqAll(entry, context) : NO_PROBLEMS,
  ),
});

function withoutMasqAll(entry: DecodedObject, context: ReviewContext): readonly Problem[] {
  const { datapath, origin } = context.memo(datapathOf);
  const isOn = scalarAt(entry, 'masqAll') === true;
  const idle = scalarAt(entry, 'snat') === false;
  if (datapath === 'veth' || (isOn && !idle)) return NO_PROBLEMS;
  const masqAll = isOn ? valueAt(entry, 'snat') : valueAt(entry, 'masqAll');
  const missing = isOn ? 'snat' : 'masqAll';
  return [
    {
      key: entry.key,
      path: pathOf(masqAll ?? entry.node),
      at: masqAll ?? { ...entry.node, length: 1 },
      dependsOn: [CONFLIST_KEY, CNI_CHAIN_KEY, CONF_KEY],
      message:
        datapath === 'datapathv2'
          ? `public access on Datapath V2 (${origin}) needs ${isOn ? 'masqAll, which snat false switches off' : 'masqAll'}: without it replies get lost`
          : `public access needs masqAll on nodes with Datapath V2; ${DOUBT[datapath]} (${origin})`,
      fix: paste(`"${missing}": true`, fieldSetting(context, entry, missing, 'true')),
      ...(datapath === 'datapathv2' ? {} : { severity: 'warn' as const }),
    },
  ];
}
