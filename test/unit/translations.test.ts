import { readFileSync } from 'node:fs';
import t from 'tap';
import { chineseRules, englishOf } from '../../scripts/docs/chinese-rules.ts';
import { translations } from '../../scripts/docs/translations.ts';

/** Pages in Chinese. That a stale one says so to its readers is a matter of docs.test.ts. */

/** The commands of a page, in order; comments in them may be translated. */
const commands = (page: string) =>
  [...page.matchAll(/^ *```sh\n(.*?)^ *```$/gms)].map(([, text]) => text!.replace(/ +# .*/g, ''));

t.test('stale pages', async (t) => {
  const stale = translations().filter(({ isStale }) => isStale);
  t.comment(stale.length === 0 ? 'none' : stale.map(({ page }) => page).join(', '));
  for (const { page, text } of translations()) {
    t.match(text, /^<!-- Translated from \S+\.md, sha256 [0-9a-f]{16} -->\n/, page);
  }
});

t.test('the commands are those of the English page', async (t) => {
  for (const { page, english, text, isStale } of translations()) {
    t.not(commands(english).length, 0, page);
    if (!isStale) t.same(commands(text), commands(english), page);
  }
});

t.test('rules whose Chinese words are stale or missing', async (t) => {
  const stale = chineseRules().filter(({ isStale }) => isStale);
  t.comment(stale.length === 0 ? 'none' : stale.map(({ id }) => id).join(', '));
  for (const { id, isStale } of chineseRules()) {
    const page = readFileSync(new URL(`../../docs/rules/${id}.zh.md`, import.meta.url), 'utf8');
    t.equal(/^> /m.test(page), isStale, `${id}: its page says whether`);
  }
});

/**
 * Names and numbers that stay as they are in any language: with a digit, an underscore or a dot, or
 * a capital letter inside; in the singular, as Chinese has no other.
 */
const namesIn = (text: string) =>
  new Set(
    [...text.matchAll(/[\w./-]+/g)]
      .map(([word]) => word.replace(/[.-]+$/, '').replace(/-bit$|(?<=[A-Z][a-z]+?)(es|s)$/, ''))
      .filter((word) => /\d|_|\w\.\w|[a-z][A-Z]/.test(word)),
  );

t.test('the Chinese words of a rule name what the English ones do', async (t) => {
  const current = chineseRules().filter(({ isStale }) => !isStale);
  t.not(current.length, 0);
  for (const { id, translated } of current) {
    const named = namesIn(JSON.stringify(translated));
    const missing = [...namesIn(JSON.stringify(englishOf(id)))].filter((name) => !named.has(name));
    t.same(missing, [], id);
  }
});
