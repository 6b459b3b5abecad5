import { BASE_VETH } from '../../../../support/config-maps.ts';
import { vethChain } from './chains.ts';
import { type WorkedEdit, edit } from './edit.ts';

/** Modes, overrides and exemptions. */
export const POLICY_EDITS: readonly WorkedEdit[] = [
  edit('policy: mode warn refuses nothing', {
    old: BASE_VETH,
    new: vethChain({ type: 'portmapp' }),
    policy: { mode: 'warn' },
    warn: ['plugin-typo', 'restart-needed'],
  }),
  edit('policy: mode audit says nothing', {
    old: BASE_VETH,
    new: vethChain({ type: 'portmapp' }),
    policy: { mode: 'audit' },
  }),
  edit('policy: a rule that is off', {
    old: BASE_VETH,
    new: vethChain({ type: 'portmapp' }),
    policy: { rules: new Map([['plugin-typo', 'off']]) },
    warn: ['restart-needed'],
  }),
  edit('policy: a warning raised to a refusal', {
    old: BASE_VETH,
    new: vethChain({ type: 'istio-cni' }),
    policy: { rules: new Map([['plugin-unknown', 'deny']]) },
    deny: ['plugin-unknown'],
  }),
  edit('policy: DELETE by an exempt user', {
    old: BASE_VETH,
    user: 'system:ack',
    policy: { exempt: { users: new Set(['system:ack']), groups: new Set() } },
    warn: ['object-deleted'],
  }),
];
