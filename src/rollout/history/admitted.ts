import type { ConfigMap } from '../../engine/core/eni-config.ts';
import { printable } from '../../engine/text/text.ts';
import { textsHash } from './revision.ts';

/** A write is stored within the minute that the API server gives a request, and seen soon after. */
const REMEMBERED_MS = 120_000;
const MAX_REMEMBERED = 100;
/** Of a user's name, whatever an authenticator hands out. */
const MAX_NAME_LENGTH = 256;

/** Who had which texts let through by this replica, lately. */
export class Admitted {
  readonly #users = new Map<string, { readonly user: string; readonly atMs: number }>();

  /** The newest write of the same texts counts; undefined stands for a deletion. */
  note(object: ConfigMap | undefined, user: string): void {
    const users = this.#users;
    const hash = textsHash(object);
    users.delete(hash);
    users.set(hash, { user: printable(user, MAX_NAME_LENGTH), atMs: performance.now() });
    const [oldest] = users.keys();
    if (users.size > MAX_REMEMBERED && oldest !== undefined) users.delete(oldest);
  }

  userOf(hash: string): string | undefined {
    const found = this.#users.get(hash);
    return found && performance.now() - found.atMs <= REMEMBERED_MS ? found.user : undefined;
  }
}
