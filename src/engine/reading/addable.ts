import { isReadBy } from '../catalogue/field.ts';
import type { ReviewContext } from '../core/rule.ts';
import { isAtLeast } from '../core/version.ts';
import type { DecodedObject } from './decoded-object.ts';
import { isExcluded } from './exclusions.ts';
import { allPass, installedVersion } from './installed.ts';

/** Fields that may be added to an object: neither reserved nor present, and known to what is installed. */
export function suggestions({ facts }: ReviewContext, decoded: DecodedObject): string[] {
  const installed = installedVersion(facts, decoded);
  return Object.entries(decoded.fields)
    .filter(([name, field]) => {
      if (field.reserved || field.dropped || field.protected || field.unreleasedAt) return false;
      if (decoded.members.has(name) || isExcluded(decoded, name)) return false;
      const floor = field.documentedMinimum;
      if (!installed) return field.until === undefined;
      return allPass(
        installed,
        (version) => isReadBy(field, version) && (floor === undefined || isAtLeast(version, floor)),
      );
    })
    .map(([name]) => name);
}
