import { type ApiCall, ApiError, type ApiServer } from '../../src/kube/api.ts';

type Answer = Error | { readonly items: readonly string[]; readonly next?: string };

/**
 * A server of pages: what it answers to a token the first time, the second time and so on. Of an answer in
 * protobuf the call resolves with what is kept of its items.
 */
export function pagedApi(answers: Readonly<Record<string, readonly Answer[]>>, isProtobuf = false) {
  const asked: string[] = [];
  const times: number[] = [];
  const calls: ApiCall[] = [];
  const call = async (call: ApiCall): Promise<unknown> => {
    const { query = {} } = call;
    calls.push(call);
    const token = query.continue ?? 'first';
    const script = answers[token] ?? [];
    const answer = script[Math.min(asked.filter((t) => t === token).length, script.length - 1)];
    asked.push(token);
    times.push(performance.now());
    if (!answer || answer instanceof Error) throw answer ?? new Error(`no page ${token}`);
    const { next, items } = answer;
    return { metadata: { continue: next }, [isProtobuf ? 'kept' : 'items']: items };
  };
  return { api: { call } as unknown as ApiServer, calls, asked, times };
}

/** The error of a token that the server has forgotten; `continueToken` goes on all the same. */
export const expired = (continueToken?: string) =>
  new ApiError(410, 'Expired', 'too old', continueToken === undefined ? {} : { continueToken });
