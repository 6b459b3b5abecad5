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

function refusal(method: string, path: string, { status, body }: RawResponse): Error {
  return new Error(`${method} ${path} was answered ${String(status)}: ${body.slice(0, 500)}`);
}
