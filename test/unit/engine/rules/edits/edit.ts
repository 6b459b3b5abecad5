import type { RuleId } from '../../../../../src/engine/rules/index.ts';
import type { BreakGlassAnswer } from '../../../../../src/engine/core/break-glass.ts';
import type { Operation, Overlay } from '../../../../../src/engine/core/eni-config.ts';
import type { Facts } from '../../../../../src/engine/core/facts.ts';
import { DEFAULT_POLICY, type Policy } from '../../../../../src/engine/core/policy.ts';
import { ALICE, type Write, configMap } from '../../../../support/changes.ts';
import type { Data } from '../../../../support/config-maps.ts';
import { ACK } from './clusters.ts';

/** An edit of eni-config with the verdict that it must get. */
export interface WorkedEdit {
  readonly name: string;
  readonly change: Write;
  readonly facts: Facts;
  readonly policy: Policy;
  /** Ids of the rules that refuse the change; an empty list: it is allowed. */
  readonly deny: readonly RuleId[];
  readonly warn: readonly RuleId[];
  /** Every message in full, in order, but for the one of restart-needed; undefined: not looked at. */
  readonly says: readonly string[] | undefined;
}

/** A row of the tables: what differs from an UPDATE by ALICE on the cluster ACK. */
interface Row {
  /** The object before; undefined on CREATE. */
  readonly old?: Data | undefined;
  /** The object after; undefined on DELETE. */
  readonly new?: Data | undefined;
  readonly oldBinary?: readonly string[];
  readonly newBinary?: readonly string[];
  /** The object before is immutable, and the one after. */
  readonly immutable?: { readonly old?: boolean; readonly new?: boolean };
  readonly user?: string;
  /** `kubectl apply` brought 10-terway.conf before. */
  readonly wasConfApplied?: true;
  /** The object is one that is merged over this eni-config (none: not known), on so many nodes. */
  readonly overlay?: {
    readonly base?: Data;
    readonly nodes?: number;
    /** There may be more of them. */
    readonly isOpen?: boolean;
  };
  /** What came of a break-glass request. */
  readonly breakGlass?: BreakGlassAnswer;
  readonly facts?: Facts;
  readonly policy?: Partial<Policy>;
  readonly deny?: readonly RuleId[];
  readonly warn?: readonly RuleId[];
  readonly says?: readonly string[];
}

export function edit(name: string, row: Row): WorkedEdit {
  const operation: Operation = !row.old ? 'CREATE' : !row.new ? 'DELETE' : 'UPDATE';
  return {
    name,
    change: {
      operation,
      old: row.old && {
        ...configMap(row.old, row.oldBinary),
        immutable: row.immutable?.old ?? false,
      },
      new: row.new && {
        ...configMap(row.new, row.newBinary),
        immutable: row.immutable?.new ?? false,
      },
      ...(row.wasConfApplied ? { wasConfApplied: true } : {}),
      ...(row.overlay ? { overlay: overlayOf(row.overlay) } : {}),
      user: row.user === undefined ? ALICE : { name: row.user, groups: [] },
      ...(row.breakGlass ? { breakGlass: row.breakGlass } : {}),
    },
    facts: row.facts ?? ACK,
    policy: { ...DEFAULT_POLICY, ...row.policy },
    deny: row.deny ?? [],
    warn: row.warn ?? [],
    says: row.says,
  };
}

const overlayOf = ({ base, nodes, isOpen = false }: NonNullable<Row['overlay']>): Overlay => ({
  name: 'pool-a',
  base: base && configMap(base),
  ...(nodes === undefined ? {} : { nodes: { count: nodes, isOpen } }),
});
