import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Pages in Chinese, below docs/; each names the English page it was made from, and its hash. */
const PAGES = ['../README.zh.md', 'install.zh.md', 'operate.zh.md'];

const DOCS = new URL('../../docs/', import.meta.url);
const HEAD = /^<!-- Translated from (\S+), sha256 (\w+) -->\n\n/;
/** What a command measures and puts there is no text to translate. */
const MEASURED = /(?<=<!-- Measured by ).*?(?=<!-- Until here\. -->)/gs;
/** What a page in Chinese tells its readers where the English has changed since. */
export const STALE_NOTICE = '> 本页译自较早的版本，与英文版有出入时以英文版为准。';
const NOTICE = `${STALE_NOTICE}\n\n`;

export interface Translation {
  /** Below docs/. */
  readonly page: string;
  readonly english: string;
  /** Of the English page as it is now: 16 hexadecimal digits. */
  readonly hash: string;
  readonly isStale: boolean;
  /** With a notice to readers where the English page has changed since. */
  readonly text: string;
}

/** The translated pages, as they have to be. */
export const translations = (): Translation[] =>
  PAGES.map((page) => {
    const stored = readFileSync(new URL(page, DOCS), 'utf8');
    const [head = '', source = '', madeFrom] = HEAD.exec(stored) ?? [];
    const english = readFileSync(new URL(join(dirname(page), source), DOCS), 'utf8');
    const hash = createHash('sha256')
      .update(english.replace(MEASURED, ''))
      .digest('hex')
      .slice(0, 16);
    const body = stored.slice(head.length).replace(NOTICE, '');
    const isStale = madeFrom !== hash;
    return { page, english, hash, isStale, text: head + (isStale ? NOTICE : '') + body };
  });
