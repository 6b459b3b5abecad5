import type { BreakGlassAnswer } from '../../../../../src/engine/core/break-glass.ts';
import { BASE_VETH } from '../../../../support/config-maps.ts';
import { vethChain } from './chains.ts';
import { type WorkedEdit, edit } from './edit.ts';

const GRANTED = { reason: 'ticket 4711', until: '2026-01-31T18:00:00Z', remains: true };
const FORGED: BreakGlassAnswer = {
  status: 'rejected',
  annotation: 'eni-config-guard/bypass-until',
  why: 'alice may not "bypass" configmaps/eni-config in kube-system',
};

/** Break-glass, once it is known whether the user may use it. */
export const BREAK_GLASS_EDITS: readonly WorkedEdit[] = [
  edit('break-glass: what would be refused is told', {
    old: BASE_VETH,
    new: vethChain({ type: 'portmapp' }),
    breakGlass: { status: 'used', ...GRANTED },
    warn: ['bypass-open', 'plugin-typo', 'restart-needed'],
  }),
  edit('break-glass: a DELETE', {
    old: BASE_VETH,
    breakGlass: { status: 'used', ...GRANTED, remains: false },
    warn: ['bypass-open', 'object-deleted'],
  }),
  edit('break-glass: set, with nothing that would be refused', {
    old: BASE_VETH,
    new: BASE_VETH,
    breakGlass: { status: 'opened', ...GRANTED },
    warn: ['bypass-open'],
  }),
  edit('break-glass: it does not help a rule that speaks when it was only set', {
    old: BASE_VETH,
    new: vethChain({ type: 'portmapp' }),
    breakGlass: { status: 'opened', ...GRANTED },
    deny: ['plugin-typo'],
  }),
  edit('break-glass: forged, with nothing else to refuse', {
    old: BASE_VETH,
    new: BASE_VETH,
    breakGlass: FORGED,
    deny: ['bypass-refused'],
  }),
  edit('break-glass: forged, and a chain that would be refused', {
    old: BASE_VETH,
    new: vethChain({ type: 'portmapp' }),
    breakGlass: FORGED,
    deny: ['bypass-refused', 'plugin-typo'],
  }),
  edit('break-glass: forged by an exempt user, who is warned', {
    old: BASE_VETH,
    new: BASE_VETH,
    user: 'system:ack',
    breakGlass: FORGED,
    policy: { exempt: { users: new Set(['system:ack']), groups: new Set() } },
    warn: ['bypass-refused'],
  }),
  edit('break-glass: forged, in a mode that refuses nothing', {
    old: BASE_VETH,
    new: BASE_VETH,
    breakGlass: FORGED,
    policy: { mode: 'warn' },
    warn: ['bypass-refused'],
  }),
  edit('break-glass: used, and the remark about it raised to a refusal, which it cannot be', {
    old: BASE_VETH,
    new: vethChain({ type: 'portmapp' }),
    breakGlass: { status: 'used', ...GRANTED },
    policy: { rules: new Map([['bypass-open', 'deny']]) },
    warn: ['bypass-open', 'plugin-typo', 'restart-needed'],
  }),
  edit('break-glass: the write that takes its annotations away', {
    old: BASE_VETH,
    new: vethChain({ type: 'portmapp' }),
    breakGlass: { status: 'used', ...GRANTED, remains: false, closes: true },
    warn: ['bypass-open', 'plugin-typo', 'restart-needed'],
  }),
];
