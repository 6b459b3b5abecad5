import type { Problem } from '../core/finding.ts';
import { CNI_CHAIN_KEY, CONFLIST_KEY, CONF_KEY } from '../core/eni-config.ts';
import { paste, prose } from '../core/fix.ts';
import { NO_PROBLEMS, defineRule, type ReviewContext } from '../core/rule.ts';
import { pathOf } from '../json/node.ts';
import { fieldSetting } from './entry-edits.ts';
import { datapathOf, isPublicAccess } from '../reading/datapath.ts';
import { entriesOf } from '../reading/decoded-entries.ts';
import { scalarAt, valueAt } from '../reading/decoded-object.ts';
import { aboutEntries } from '../reading/subjects.ts';

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
  check(context) {
    const { datapath, origin } = context.memo(datapathOf);
    return datapath === 'veth' ? NO_PROBLEMS : withoutMasqAll(datapath, origin, context);
  },
});

function* withoutMasqAll(
  datapath: 'datapathv2' | keyof typeof DOUBT,
  origin: string,
  context: ReviewContext,
): Generator<Problem> {
  for (const entry of entriesOf(context, 'portmap')) {
    if (!isPublicAccess(context, entry.key)) continue;
    const isOn = scalarAt(entry, 'masqAll') === true;
    const idle = scalarAt(entry, 'snat') === false;
    if (isOn && !idle) continue;
    const masqAll = isOn ? valueAt(entry, 'snat') : valueAt(entry, 'masqAll');
    const missing = isOn ? 'snat' : 'masqAll';
    const place = masqAll ?? { ...entry.node, length: 1 };
    yield {
      key: entry.key,
      path: masqAll ? pathOf(masqAll) : pathOf(entry.node),
      at: place,
      dependsOn: [CONFLIST_KEY, CNI_CHAIN_KEY, CONF_KEY],
      message:
        datapath === 'datapathv2'
          ? `public access on Datapath V2 (${origin}) needs ${isOn ? 'masqAll, which snat false switches off' : 'masqAll'}: without it replies get lost`
          : `public access needs masqAll on nodes with Datapath V2; ${DOUBT[datapath]} (${origin})`,
      fix: paste(`"${missing}": true`, fieldSetting(context, entry, missing, 'true')),
      ...(datapath === 'datapathv2' ? {} : { severity: 'warn' as const }),
    };
  }
}
