import { DEFAULTS, type DefaultId } from './defaults.ts';

/** What the operator decided about defaults. */
export interface DefaultsPolicy {
  /** `suggest` warns with the text to add instead of adding it. */
  readonly mode: 'inject' | 'suggest' | 'off';
  /** The defaults that are switched on, with the values to add. */
  readonly values: ReadonlyMap<DefaultId, string | boolean>;
}

export const DEFAULT_INJECTIONS: DefaultsPolicy = {
  mode: 'inject',
  values: new Map(DEFAULTS.filter(({ enabled }) => enabled).map(({ id, value }) => [id, value])),
};
