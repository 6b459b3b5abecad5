/** What an operator may make of a rule; `deny` also raises one that only warns. */
export type RuleSetting = 'off' | 'audit' | 'warn' | 'deny';

/** What the operator decided about finding problems: all that rules know of the policy. */
export interface ReviewSettings {
  /** Per rule id. A rule that is `off` does not run; the others matter when findings are decided on. */
  readonly rules: ReadonlyMap<string, RuleSetting>;
  /** What a version rule does when the version is not known. */
  readonly onUnknownVersion: 'warn' | 'deny';
  /**
   * `effective` forgives `name` and `cniVersion`, which Terway drops from every entry; `documented`
   * lets the entry have more than 10-terway.conf where the vendor documents it as an edit of that.
   */
  readonly firstEntry: 'strict' | 'effective' | 'documented';
  /** `plugin.field` to the version that replaces the catalogue's floor. */
  readonly minimumVersions: ReadonlyMap<string, string>;
}

/** What the operator decided about writes; everything else is fact or rule. */
export interface Policy extends ReviewSettings {
  /** Ceiling for every finding: `warn` and `audit` refuse nothing. */
  readonly mode: 'enforce' | 'warn' | 'audit';
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
