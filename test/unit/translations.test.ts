import t from 'tap';
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
