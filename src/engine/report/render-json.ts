import type { ConfigMap } from '../core/eni-config.ts';
import type { Facts } from '../core/facts.ts';
import { formatPath } from '../json/path.ts';
import type { FileChange } from '../rendering/differences.ts';
import type { NodeKind } from '../rendering/node-file.ts';
import type { Rendering } from '../rendering/rendering.ts';
import { printable } from '../text/text.ts';
import { summarizeFacts } from './facts-fields.ts';
import { changeSentences, pluginSentence, renderRemarks, valueText } from './render-sentences.ts';

/** Raised when a field goes or changes its meaning; docs/json-outputs.md has the fields. */
const RENDER_SCHEMA = 1;

const MAX_CHANGES = 1000;

/** What `render` tells: of which file, and what is to be said besides. */
export interface RenderReport {
  readonly file: string;
  /** The object as it would be stored. */
  readonly object: ConfigMap;
  readonly rendering: Rendering;
  readonly facts: Facts;
  /** What would be added to the object, and what keeps it from being stored. */
  readonly remarks: readonly string[];
}

/** The report as one JSON object. */
export function asJson({ file, object, rendering, facts, remarks }: RenderReport): string {
  const { shown, files, change } = rendering;
  const content = {
    schema: RENDER_SCHEMA,
    file: printable(file, 1000),
    nodes: Object.entries(files).map(([kind, made]) => ({
      kind: kind as NodeKind,
      shown: kind === shown,
      ...(made.kind === 'file' ? { conflist: made.text } : { [made.kind]: made.why }),
    })),
    ...(change && {
      changes: change.plugins.slice(0, MAX_CHANGES).map(changeFields),
      changesOmitted: Math.max(0, change.plugins.length - MAX_CHANGES),
      sentences: changeSentences(rendering, facts),
    }),
    remarks: [...remarks, ...renderRemarks(object, rendering, facts)],
    facts: summarizeFacts(facts),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function changeFields(change: FileChange) {
  const { kind, entry } = change;
  return {
    kind,
    plugin: printable(entry.type),
    number: entry.number,
    ...('after' in change && change.after && { after: printable(change.after.type) }),
    ...(change.kind === 'member' && {
      path: printable(formatPath(change.path), 400),
      ...(change.before === undefined ? {} : { before: valueText(change.before) }),
      ...(change.now === undefined ? {} : { now: valueText(change.now) }),
    }),
    sentence: pluginSentence(change),
  };
}
