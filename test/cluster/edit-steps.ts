import type { EditStep } from './controlplane/edit.ts';

/** Adds the key 10-terway.conflist as a person pastes it: as a block under `data`. */
export function pasteConflist(conflist: string): EditStep {
  const block = conflist
    .trimEnd()
    .split('\n')
    .map((line) => `    ${line}\n`);
  return (opened) =>
    changed(opened, /^data:\n/m, `data:\n  10-terway.conflist: |\n${block.join('')}`);
}

/** The text outside the comments with every `from` replaced; throws when there is none. */
export function replaceIn(opened: string, from: string, to: string): string {
  const lines = opened.split('\n');
  const replaced = lines.map((line) => (line.startsWith('#') ? line : line.replaceAll(from, to)));
  if (replaced.every((line, index) => line === lines[index])) {
    throw new Error(`the editor does not show ${JSON.stringify(from)}:\n${opened}`);
  }
  return replaced.join('\n');
}

/** What the comments of an opened file say, without the marks. */
export function commentsIn(opened: string): string[] {
  return opened
    .split('\n')
    .filter((line) => line.startsWith('#'))
    .map((line) => line.replace(/^# ?/, ''));
}

/** The remedies in the comments of an opened file that are JSON to paste, in order. */
export function fixesIn(opened: string): string[] {
  return commentsIn(opened)
    .map((line) => /^ {2}fix: (".*)$/.exec(line)?.[1])
    .filter((fix) => fix !== undefined);
}

function changed(text: string, from: RegExp, to: string): string {
  if (!from.test(text)) throw new Error(`the editor does not show ${String(from)}:\n${text}`);
  // A function: the replacement is not to be read as a pattern.
  return text.replace(from, () => to);
}
