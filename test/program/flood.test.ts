import t from 'tap';
import { assertAllowed, assertDenied, assertJudged } from '../support/admission-answers.ts';
import { BASE_VENDOR, type Data, VENDOR_CONF, withConflist } from '../support/config-maps.ts';
import { before } from '../support/deadline.ts';
import { send } from '../support/https-client.ts';
import { startServing } from '../support/program.ts';
import { reviewBody } from '../support/reviews.ts';

/**
 * Texts as large as a ConfigMap can hold, made to yield as many findings as they can. The real
 * process answers, so that one that is busy for minutes does not stop the clock of the test.
 */

/** The longest timeoutSeconds that a webhook can have: the API server has left by then. */
const LONGEST_TIMEOUT_SECONDS = 30;

/** With these, defaults are injected and every rule about versions speaks. */
const FACTS = `facts:
  terwayVersion: 1.15.2
  pluginVersions: { portmap: 1.7.1, tuning: 1.7.1 }
  kubeProxyMode: iptables
`;

t.test('1 MiB of findings yields an answer of bounded size', async (t) => {
  const MIB = 1024 * 1024;
  const sized = (bytes: number, part: (index: number) => string) => {
    const parts: string[] = [];
    for (let index = 0, left = bytes; ; index += 1) {
      const text = part(index);
      left -= Buffer.byteLength(text) + 1;
      if (left < 0) return parts;
      parts.push(text);
    }
  };
  const first = JSON.stringify(VENDOR_CONF);
  /** As many entries after the first as fit. */
  const entries = (entry: (index: number) => string) => (bytes: number) =>
    `{"plugins":[${[first, ...sized(bytes - 200, entry)].join(',')}]}`;
  /** As many members of the first entry as fit, all of which the conf lacks. */
  const members = (name: string, value: string) => (bytes: number) => {
    const member = (index: number) =>
      `${JSON.stringify(`${index}${name}`)}:${JSON.stringify(value)}`;
    return `{"plugins":[{${[...sized(bytes - 200, member), first.slice(1)].join(',')}]}`;
  };
  const FLOODS: Readonly<Record<string, (bytes: number) => string>> = {
    'entries without a type': entries(() => '{}'),
    'entries that are no objects': entries(() => '0'),
    'misspelt plugins': entries((index) => `{"type":"portmap${index % 10}"}`),
    'unknown plugins': entries((index) => `{"type":"unknown-${index}"}`),
    'types that are no file names': entries((index) => `{"type":"${index}/\u4e2d\\u001b"}`),
    'types of 4 KB': entries((index) => `{"type":"${index}${'\u4e2d/'.repeat(1000)}"}`),
    'entries that lack a default': entries(
      () => '{"type":"portmap","capabilities":{"portMappings":true}}',
    ),
    'terway again and again': entries(() => '{"type":"terway"}'),
    'duplicate members': entries(() => '{"type":"tuning","a":1,"a":2,"a":3}'),
    'spellings of one field': entries(() => '{"type":"portmap","snat":1,"Snat":2,"sNat":3}'),
    'numbers out of range': entries(() => '1e400'),
    'one number of a million digits': (bytes) => '9'.repeat(bytes),
    'syntax errors': (bytes) => sized(bytes, () => "'x',").join(''),
    'raw control characters': (bytes) => '\u0001\u0085\u2028'.repeat(bytes / 6),
    'short members too many': members('', ''),
    'long members too many': members('\u4e2d"\\\u001b'.repeat(500), '\u4e2d"\\\u0085'.repeat(500)),
    'one name as long as the text': (bytes) => members('n'.repeat(bytes - 250), '')(bytes),
    'empty lines': (bytes) => '\n'.repeat(bytes),
  };
  const program = await startServing(t, {}, t.testdir(), FACTS);
  for (const [kind, flood] of Object.entries(FLOODS)) {
    await t.test(kind, async (t) => {
      const answerTo = (path: string, data: Data) =>
        before(
          LONGEST_TIMEOUT_SECONDS,
          `the answer of ${path}`,
          send(program.endpoint, path, reviewBody({ oldData: BASE_VENDOR, data })),
        );

      const chain = flood(MIB - 2000);
      t.ok(Buffer.byteLength(chain) > MIB / 2, 'it is large');
      assertJudged(t, await answerTo('/validate', withConflist(BASE_VENDOR, chain)));
      const part = flood(Math.floor(MIB / 3) - 1000);
      const everywhere = { '10-terway.conf': part, '10-terway.conflist': part, eni_conf: part };
      assertDenied(t, await answerTo('/validate', everywhere));
      // With room left for what a mutation may add.
      const half = flood(MIB / 2);
      assertAllowed(t, await answerTo('/mutate', withConflist(BASE_VENDOR, half)));
    });
  }
});
