import type { ConfigMap } from '../../engine/core/eni-config.ts';
import { withEdits } from '../../engine/core/fix.ts';
import type { DecidedFinding } from '../../engine/core/finding.ts';
import type { LintedObject } from '../../engine/report/lint-report.ts';
import { type JudgeOptions, judge } from '../../manifests/judge.ts';
import type { ManifestObject } from '../../manifests/read.ts';
import { writings } from '../../manifests/write.ts';
import { UsageError } from '../usage-error.ts';
import { objectsIn } from './objects.ts';
import { type ReadText, readWorkTree } from './source.ts';

/** What became of an object. */
export interface FixedObject {
  /** What was mended, in the order in which it was. */
  readonly mended: readonly DecidedFinding[];
  /** What `lint` says of it now. */
  readonly left: LintedObject;
}

/** More remedies than any file needs; each costs a review. */
const MAX_REMEDIES = 200;

/** Texts of files as they are to be written, over those that are there. */
export class NewFiles {
  readonly #texts: ReadonlyMap<string, string>;
  /** Each file is read once, so that one that changes meanwhile is not mixed up with itself. */
  readonly #read: Map<string, string | undefined>;

  constructor(
    texts: ReadonlyMap<string, string> = new Map(),
    read = new Map<string, string | undefined>(),
  ) {
    this.#texts = texts;
    this.#read = read;
  }

  /** Files with another text than the one that is there. */
  changed(): { readonly name: string; readonly before: string; readonly after: string }[] {
    return [...this.#texts].map(([name, after]) => ({
      name,
      before: this.#read.get(name) ?? '',
      after,
    }));
  }

  readonly read: ReadText = async (path) => {
    const text = this.#texts.get(path);
    if (text !== undefined) return text;
    if (!this.#read.has(path)) this.#read.set(path, await readWorkTree(path));
    return this.#read.get(path);
  };

  /** The same files with some texts replaced. */
  with(texts: ReadonlyMap<string, string>): NewFiles {
    return new NewFiles(new Map([...this.#texts, ...texts]), this.#read);
  }
}

/**
 * Makes every certain remedy of one object, one after another. Each is kept only when the files read
 * again hold just the object that the remedy makes, and its finding is gone from it.
 */
export async function fixObject(
  { name, index }: { readonly name: string; readonly index: number },
  old: ConfigMap | undefined,
  options: JudgeOptions,
  before: NewFiles,
): Promise<FixedObject & { readonly files: NewFiles }> {
  // Defaults are the webhook's to add; without them places are those of the file.
  const settings: JudgeOptions = { ...options, defaults: { mode: 'off', values: new Map() } };
  const reread = async (files: NewFiles) => (await objectsIn(name, files.read))?.[index];
  let files = before;
  let object = await reread(files);
  if (!object) throw new UsageError(`${name}: changed while it was read`);
  let left = judge(object, old, settings);
  const mended: DecidedFinding[] = [];
  const failed = new Set<string>();
  while (mended.length + failed.size < MAX_REMEDIES) {
    const finding = left.verdict.findings.find(
      (one) => one.fix.edits !== undefined && !failed.has(identityOf(one)),
    );
    if (!finding) break;
    const next = await mend(finding, object, files, reread);
    const after = next && judge(next.object, old, settings);
    if (next && after && countOf(finding, after) < countOf(finding, left)) {
      ({ files, object } = next);
      left = after;
      mended.push(finding);
    } else {
      failed.add(identityOf(finding));
    }
  }
  return { mended, left: judge(object, old, options), files };
}

async function mend(
  { fix }: DecidedFinding,
  object: ManifestObject,
  files: NewFiles,
  reread: (files: NewFiles) => Promise<ManifestObject | undefined>,
) {
  const edits = fix.edits ?? [];
  const wanted = withEdits(object.configMap, edits);
  for (const texts of writings(object, edits)) {
    const changed = files.with(texts);
    const now = await rereadable(changed);
    if (now && isSame(now.configMap, wanted)) return { object: now, files: changed };
  }
  return undefined;

  async function rereadable(changed: NewFiles): Promise<ManifestObject | undefined> {
    try {
      return await reread(changed);
    } catch (error) {
      // The new text does not fit into the style that the file has it in.
      if (error instanceof UsageError) return undefined;
      throw error;
    }
  }
}

function isSame(one: ConfigMap, other: ConfigMap): boolean {
  return (
    one.data.size === other.data.size &&
    [...one.data].every(([key, text]) => other.data.get(key) === text) &&
    one.immutable === other.immutable &&
    one.binaryData.size === other.binaryData.size
  );
}

const identityOf = ({ rule, key, message, at }: DecidedFinding) =>
  JSON.stringify([rule, key, message, at?.offset]);

const countOf = ({ rule, key, message }: DecidedFinding, { verdict }: LintedObject) =>
  verdict.findings.filter((one) => one.rule === rule && one.key === key && one.message === message)
    .length;
