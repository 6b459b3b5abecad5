/** What the operator decided about judging; everything else is fact or rule. */
export interface Policy {
  /** Ceiling for every rule: `warn` and `audit` refuse nothing. */
  readonly mode: 'enforce' | 'warn' | 'audit';
  /** Per rule id; `deny` also raises a rule that only warns. */
  readonly rules: ReadonlyMap<string, 'off' | 'audit' | 'warn' | 'deny'>;
  /** What a version rule does when the version is not known. */
  readonly onUnknownVersion: 'warn' | 'deny';
  /** `effective` forgives `name` and `cniVersion`, which Terway drops from every entry. */
  readonly firstEntry: 'strict' | 'effective';
  /** `plugin.field` to the version that replaces the catalogue's floor. */
  readonly minimumVersions: ReadonlyMap<string, string>;
  readonly exempt: { readonly users: ReadonlySet<string>; readonly groups: ReadonlySet<string> };
}

export const DEFAULT_POLICY: Policy = {
  mode: 'enforce',
  rules: new Map(),
  onUnknownVersion: 'warn',
  firstEntry: 'strict',
  minimumVersions: new Map(),
  exempt: { users: new Set(), groups: new Set() },
};
