import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';

import { PORTMAP, VETH_CONF, conflist } from '../../support/config-maps.ts';
import type { RawResponse } from '../controlplane/admin-client.ts';
import type { ControlPlane } from '../controlplane/control-plane.ts';
import { waitFor } from '../../support/wait.ts';

const TARGET = '/api/v1/namespaces/kube-system/configmaps/eni-config?dryRun=All';
const WRITERS = 3;
const PAUSE_MS = 20;
const FLOW_TIMEOUT_MS = 60_000;

const chain = (portmap: object) => conflist([VETH_CONF, { ...PORTMAP, ...portmap }]);

/** Writes whose verdict is known, and what tells it. No CEL policy refuses any of them. */
const WRITES: readonly { readonly text: string; readonly expected: Verdict }[] = [
  { text: chain({ externalSetMarkChain: 'KUBE-MARK-MASQ' }), expected: 'accepted' },
  { text: chain({ type: 'portmapp' }), expected: 'refused' },
  { text: chain({ externalSetMarkChain: 'KUBE-MARK-MASQ', snat: true }), expected: 'accepted' },
  { text: chain({ snat: 'true' }), expected: 'refused' },
];

type Verdict = 'accepted' | 'refused';

/** A write that failed because the guard could not be called; times in ms since the stream's start. */
export interface FailedCall {
  readonly sentAt: number;
  readonly answeredAt: number;
  readonly message: string;
}

/** What has become of the writes of a stream. */
export interface Tally {
  /** Writes that the API server answered. */
  readonly answered: number;
  /** Answers that were neither the known verdict nor a failed call. */
  readonly wrong: readonly string[];
  /** Calls of the guard that failed, in order. */
  readonly failed: readonly FailedCall[];
  /** Calls of the mutating webhook that failed and were passed over, from the API server's metrics. */
  readonly passedOver: number;
  /** Writes that found no API server to answer them. */
  readonly unanswered: number;
}

/** What {@link Tally} looks like when every call was answered. */
export const UNNOTICED = { wrong: [], failed: [], passedOver: 0, unanswered: 0 };

/** Writes of eni-config, dry runs all, good and bad ones by turns, until it is stopped. */
export class ReviewStream {
  readonly #plane: ControlPlane;
  readonly #started = performance.now();
  readonly #passedOverBefore: number;
  readonly #writers: Promise<unknown>;
  readonly #wrong: string[] = [];
  readonly #failed: FailedCall[] = [];
  #answered = 0;
  #unanswered = 0;
  #isStopped = false;

  private constructor(plane: ControlPlane, passedOverBefore: number) {
    this.#plane = plane;
    this.#passedOverBefore = passedOverBefore;
    this.#writers = Promise.all(
      Array.from({ length: WRITERS }, async (_, index) => this.#write(index)),
    );
  }

  /** Starts the writing, at the latest until the test's end. eni-config has to be there and to be good. */
  static async start(t: Test, plane: ControlPlane): Promise<ReviewStream> {
    const stream = new ReviewStream(plane, await passedOver(plane));
    t.teardown(() => {
      stream.#isStopped = true;
    });
    return stream;
  }

  /** Milliseconds since the stream's start, the clock of {@link FailedCall}. */
  get elapsed(): number {
    return performance.now() - this.#started;
  }

  /** Writes that the API server has answered so far. */
  get answered(): number {
    return this.#answered;
  }

  /** Calls of the guard that have failed so far. */
  get failures(): number {
    return this.#failed.length;
  }

  /** Resolves when the API server has answered so many more writes. */
  async flow(writes: number): Promise<void> {
    const before = this.#answered;
    await waitFor('reviews to flow', FLOW_TIMEOUT_MS, () =>
      this.#answered > before + writes ? true : undefined,
    );
  }

  /** Ends the writing and tells what came of it. */
  async stop(): Promise<Tally> {
    this.#isStopped = true;
    await this.#writers;
    return {
      answered: this.#answered,
      wrong: this.#wrong,
      failed: this.#failed,
      passedOver: (await passedOver(this.#plane)) - this.#passedOverBefore,
      unanswered: this.#unanswered,
    };
  }

  async #write(first: number): Promise<void> {
    for (let turn = first; !this.#isStopped; turn++) {
      const { text, expected } = WRITES[turn % WRITES.length] ?? { text: '', expected: 'refused' };
      const patch = { data: { '10-terway.conflist': text } };
      const sentAt = Math.round(this.elapsed);
      const response = await this.#plane
        .raw('PATCH', TARGET, patch, 'application/merge-patch+json')
        .catch(() => undefined);
      if (response === undefined) this.#unanswered += 1;
      else this.#judge(response, expected, sentAt);
      await sleep(PAUSE_MS);
    }
  }

  #judge(response: RawResponse, expected: Verdict, sentAt: number): void {
    this.#answered += 1;
    const { status, body } = response;
    if (verdictOf(response) === expected) return;
    const message = `${status}: ${messageIn(body)}`;
    if (/failed calling webhook|failed to call webhook/.test(body)) {
      this.#failed.push({ sentAt, answeredAt: Math.round(this.elapsed), message });
    } else {
      this.#wrong.push(`${expected} was expected, the answer is ${message}`);
    }
  }
}

function verdictOf({ status, body }: RawResponse): Verdict | undefined {
  if (status === 200) return 'accepted';
  return status === 422 && /portmapp|snat/.test(messageIn(body)) ? 'refused' : undefined;
}

function messageIn(body: string): string {
  try {
    return (JSON.parse(body) as { readonly message?: string }).message?.slice(0, 400) ?? '';
  } catch {
    return body.slice(0, 400);
  }
}

const FAIL_OPEN = /^apiserver_admission_webhook_fail_open_count\{.*eni-config-guard.*\} (\d+)$/gm;

/** Failed calls of webhooks with failurePolicy Ignore, since the API server was started. */
async function passedOver(plane: ControlPlane): Promise<number> {
  const { body } = await plane.raw('GET', '/metrics');
  return [...body.matchAll(FAIL_OPEN)].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** The failed calls that were not under way at any time between the two. */
export function outside(failed: readonly FailedCall[], from: number, to: number): FailedCall[] {
  return failed.filter(({ sentAt, answeredAt }) => answeredAt < from || sentAt > to);
}
