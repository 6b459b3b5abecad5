import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';

import { normalise, withoutRelease } from './normalise.ts';
import type { Output } from '../../support/output.ts';

const goldenFolder = new URL('../golden/', import.meta.url);

/** Commands and what a person sees of them, to be compared with a file under version control. */
export class Transcript {
  readonly #sections: string[] = [];

  /**
   * Adds a command that has run. `command` is shown as given: write what a person would type. Of an
   * edit, the text of every opening but the first is shown, which the person knows.
   */
  add(command: string, output: Output & { readonly openings?: readonly string[] }): void {
    const reopened = (output.openings ?? []).slice(1);
    this.#sections.push(
      [
        `$ ${command}`,
        ...reopened.flatMap((text) => ['(editor opens again)', ...marked('editor', text)]),
        ...lines(output.stdout),
        ...marked('stderr', withoutLog(output.stderr)),
        `(exit ${String(output.code)})`,
      ].join('\n'),
    );
  }

  /** The transcript so far, with a final newline and without what differs from run to run. */
  text(): string {
    return normalise(this.#sections.join('\n\n') + '\n');
  }

  /**
   * Asserts that the transcript equals the golden file of this name; a missing file is a failure.
   * With UPDATE_GOLDEN=1 in the environment the file is written instead.
   */
  async matchesGolden(t: Pick<Test, 'equal' | 'fail' | 'pass'>, name: string): Promise<void> {
    const file = fileURLToPath(new URL(`${name}.txt`, goldenFolder));
    if (process.env.UPDATE_GOLDEN === '1') {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, this.text());
      t.pass(`golden transcript ${name} written`);
      return;
    }
    const golden = await readFile(file, 'utf8').catch(() => undefined);
    if (golden === undefined) {
      t.fail(`there is no golden transcript ${name}: set UPDATE_GOLDEN=1 to write it`);
      return;
    }
    t.equal(
      withoutRelease(this.text()),
      withoutRelease(golden),
      `transcript equals golden ${name}`,
    );
  }
}

/** kubectl's log of watches that it lost and began again, which it sometimes writes. */
const withoutLog = (text: string) =>
  text.replace(/^[IWE]\d{4} [\d:.]+ +\d+ reflector\.go:.*\n/gm, '');

function lines(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

function marked(mark: string, text: string): string[] {
  return lines(text).map((line) => `${mark}| ${line}`);
}
