import type { RawResponse } from '../controlplane/admin-client.ts';
import type { ControlPlane } from '../controlplane/control-plane.ts';

/** An object as the API server hands it out, as far as all kinds are alike. */
export interface Stored {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
    readonly ownerReferences?: readonly { readonly uid: string }[];
  };
}

/** Sends a request as the administrator and gives the answer's JSON. Rejects unless the status is 2xx. */
export async function ask<T>(
  plane: ControlPlane,
  method: string,
  path: string,
  body?: unknown,
  contentType?: string,
): Promise<T> {
  const response = await plane.raw(method, path, body, contentType);
  if (response.status >= 300) throw refusal(method, path, response);
  return JSON.parse(response.body) as T;
}

/** The objects of a list. */
export async function list<T>(plane: ControlPlane, path: string): Promise<readonly T[]> {
  return (await ask<{ readonly items: readonly T[] }>(plane, 'GET', path)).items;
}

/** Changes an object's status, or the object itself, by a merge patch. */
export async function patch(plane: ControlPlane, path: string, body: unknown): Promise<void> {
  await ask(plane, 'PATCH', path, body, 'application/merge-patch+json');
}

/** Writes the numbers of a controller's status, unless they stand there already. */
export async function report(
  plane: ControlPlane,
  path: string,
  before: object | undefined,
  status: Readonly<Record<string, number>>,
): Promise<void> {
  const stored = new Map<string, unknown>(Object.entries(before ?? {}));
  const hasChanged = Object.entries(status).some(
    ([key, value]) => (stored.get(key) ?? 0) !== value,
  );
  if (hasChanged) await patch(plane, `${path}/status`, { status });
}

function refusal(method: string, path: string, { status, body }: RawResponse): Error {
  return new Error(`${method} ${path} was answered ${String(status)}: ${body.slice(0, 500)}`);
}
