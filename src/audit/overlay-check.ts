import type { Facts } from '../engine/core/facts.ts';
import type { ReviewSettings } from '../engine/core/policy.ts';
import { outagesIn } from '../engine/core/decide.ts';
import { type ConfigMap, CONF_KEY, ENI_CONF_KEY } from '../engine/core/eni-config.ts';
import type { StoredObject } from '../engine/core/stored-object.ts';
import {
  type StoredOverlay,
  type StoredOverlayReview,
  isDangling,
  isOverlayBroken,
} from '../engine/core/stored-overlay.ts';
import { summarizeFacts } from '../engine/report/facts-fields.ts';
import { fieldsOf, mostSevere, toFindingFields } from '../engine/report/finding-fields.ts';
import { LOG_SCHEMA } from '../engine/report/log-schema.ts';
import { count, printable } from '../engine/text/text.ts';
import { type ApiServer, type ApiError } from '../kube/api.ts';
import { readNamedOverlays, readOverlay } from '../kube/overlays.ts';
import { pauseAfter } from '../kube/retry.ts';
import type { FactSourceState } from '../kube/source-state.ts';
import type { Logger } from '../log.ts';
import { contentOf } from './content-of-facts.ts';
import { type EventNote, type EventSink, REPEAT_EVENT_MS, noteOf, whatIsWrong } from './events.ts';
import type { OverlayCounts } from './overlay-metrics.ts';

export interface OverlayCheckOptions {
  readonly api: ApiServer;
  readonly review: StoredOverlayReview;
  readonly facts: () => Facts;
  readonly policy: ReviewSettings;
  readonly log: Logger;
  /** Told the result of each look. */
  readonly observe: (counts: OverlayCounts) => void;
  readonly events?: EventSink | undefined;
  /** Between two looks while neither eni-config nor what is known of the cluster changes. */
  readonly refreshMs: number;
  /** Milliseconds that only go up; for tests. */
  readonly now?: () => number;
}

type Because = 'start' | 'object' | 'facts' | 'time';

/** What a look found of one overlay, for the next one to compare with. */
interface Known {
  readonly result: string;
  /** Its Event where it is broken, and when that was last told. */
  readonly bad?: { readonly note: EventNote; toldMs: number };
}

/**
 * Judges what nodes name with the label terway-config, merged over the stored eni-config: at the
 * start, when eni-config or what is known of the cluster changes, and at intervals, as neither labels
 * nor overlays are watched. One overlay at a time is read, judged and forgotten, so that large ones
 * take no memory. Speaks only when a result is another one than before.
 */
export class OverlayCheck {
  readonly #options: OverlayCheckOptions;
  readonly #now: () => number;
  /** Undefined until the API server has answered; `configMap` is undefined when there is none. */
  #base:
    { readonly configMap: ConfigMap | undefined; readonly uid: string | undefined } | undefined;
  #due: { readonly because: Because; readonly atMs: number } | undefined;
  #isLooking = false;
  #judgedFacts: string | undefined;
  #known = new Map<string, Known>();
  #failures = 0;
  #lastSuccessMs: number | undefined;

  constructor(options: OverlayCheckOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Takes eni-config as it is stored now; undefined when it does not exist. */
  see(object: StoredObject | undefined): void {
    const before = this.#base;
    this.#base = { configMap: object?.configMap, uid: object?.uid };
    if (!before) this.#due = { because: 'start', atMs: this.#now() };
    else if (!isSameBase(before.configMap, object?.configMap)) {
      this.#due = { because: 'object', atMs: this.#now() };
    }
  }

  /** Looks where it is time to; cheap enough for every few seconds. Never rejects. */
  async recheck(signal?: AbortSignal): Promise<void> {
    if (!this.#base || this.#isLooking) return;
    const isChanged =
      this.#judgedFacts !== undefined && contentOf(this.#options.facts()) !== this.#judgedFacts;
    const { because, atMs } = this.#due ?? { because: 'time', atMs: Infinity };
    if (this.#now() < atMs && !isChanged) return;
    this.#isLooking = true;
    this.#due = undefined;
    try {
      await this.#look(this.#now() < atMs ? 'facts' : because, signal);
      this.#failures = 0;
      this.#lastSuccessMs = Date.now();
      this.#due ??= { because: 'time', atMs: this.#now() + this.#options.refreshMs };
    } catch (error) {
      this.#failures += 1;
      this.#due ??= { because, atMs: this.#now() + pauseAfter(this.#failures) };
      if (this.#failures === 1 && !signal?.aborted) this.#tellFailure(error as ApiError);
    } finally {
      this.#isLooking = false;
    }
  }

  /** For the metrics. */
  state(): FactSourceState {
    return {
      name: 'overlays',
      lastSuccessMs: this.#lastSuccessMs,
      failing: this.#failures > 0,
    };
  }

  #tellFailure({ message }: ApiError): void {
    const what = "can't read what nodes name with the label terway-config";
    this.#options.log.warn({ error: message }, what);
  }

  async #look(because: Because, signal: AbortSignal | undefined): Promise<void> {
    const { api, review, facts: readFacts, policy, observe } = this.#options;
    const facts = readFacts();
    this.#judgedFacts = contentOf(facts);
    const { overlays, omitted } = await readNamedOverlays(api, signal);
    const counts = { good: 0, ineffective: 0, outage: 0, dangling: 0, unread: omitted };
    for (const named of overlays) {
      const object = await readOverlay(api, named.name);
      if (signal?.aborted) return;
      // eni-config as it is by now: a change of it while this goes on has another look follow.
      const overlay = review({ ...named, object }, this.#base?.configMap, facts, policy);
      counts[stateOf(overlay)] += 1;
      this.#take(overlay, because, facts);
    }
    observe(counts);
    this.#forget(new Set(overlays.map(({ name }) => name)));
  }

  #take(overlay: StoredOverlay, because: Because, facts: Facts): void {
    const { name, nodes, object, verdict } = overlay;
    const { log } = this.#options;
    const known = this.#known.get(name);
    const places = mostSevere(verdict.findings).map((one) => fieldsOf(one, object));
    const list = toFindingFields(verdict.findings, object);
    const exists = object !== undefined;
    const dangling = isDangling(overlay);
    const result = JSON.stringify([
      this.#base?.uid,
      exists,
      dangling,
      places,
      list.findingsOmitted,
    ]);
    if (result === known?.result) {
      this.#repeat(known);
      return;
    }
    this.#known.set(name, { result, ...this.#tell(overlay, known) });
    const fields = {
      schema: LOG_SCHEMA,
      because,
      configMap: printable(name),
      nodes,
      exists,
      dangling,
      verdict: verdict.allowed ? 'allow' : 'deny',
      safeToRestart: outagesIn(verdict).length === 0,
      ...list,
      facts: summarizeFacts(facts),
    };
    if (isOverlayBroken(overlay)) log.warn(fields, 'stored overlay');
    else log.info(fields, 'stored overlay');
  }

  /** An Event for every bad result, and one when it is over. */
  #tell(overlay: StoredOverlay, known: Known | undefined): Pick<Known, 'bad'> {
    const { events } = this.#options;
    if (!isOverlayBroken(overlay)) {
      if (known?.bad) this.#tellGood(overlay.name, 'Terway pods can restart on it again');
      return {};
    }
    const { what, detail } = isDangling(overlay)
      ? { what: danglingText(overlay), detail: `${count(overlay.nodes, 'node')} so far` }
      : whatIsWrong(overlay.verdict);
    const message = `ConfigMap ${printable(overlay.name)}, which nodes name with terway-config: ${what}`;
    const note = noteOf('OverlayInvalid', message, this.#base?.uid, detail);
    events?.write(note);
    return { bad: { note, toldMs: this.#now() } };
  }

  #tellGood(name: string, why: string): void {
    const message = `ConfigMap ${printable(name)}: ${why}`;
    this.#options.events?.write(noteOf('OverlayValid', message, this.#base?.uid));
  }

  /** What is still bad is told again before the API server has forgotten it. */
  #repeat({ bad }: Known): void {
    if (!bad || this.#now() - bad.toldMs < REPEAT_EVENT_MS) return;
    this.#options.events?.write(bad.note);
    bad.toldMs = this.#now();
  }

  #forget(named: ReadonlySet<string>): void {
    for (const [name, { bad }] of this.#known) {
      if (named.has(name)) continue;
      if (bad) this.#tellGood(name, 'the nodes that named it do so no more');
      this.#known.delete(name);
    }
  }
}

/** Of what nodes read with an overlay: its base, and 10-terway.conf beside a cni_chain. */
const isSameBase = (a: ConfigMap | undefined, b: ConfigMap | undefined) =>
  [ENI_CONF_KEY, CONF_KEY].every((key) => a?.data.get(key) === b?.data.get(key));

function stateOf(overlay: StoredOverlay): Exclude<keyof OverlayCounts, 'unread'> {
  if (isDangling(overlay)) return 'dangling';
  if (overlay.verdict.allowed) return 'good';
  return outagesIn(overlay.verdict).length > 0 ? 'outage' : 'ineffective';
}

const danglingText = ({ object }: StoredOverlay) =>
  `${object ? `it has no ${ENI_CONF_KEY}` : 'there is none'}, so these nodes go on with eni-config ` +
  'alone, or get no addresses under central IPAM';
