import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { GOOD } from '../support/config-maps.ts';
import { REPOSITORY } from '../support/program.ts';
import { startLanguageServer } from './language-server.ts';

const schemaOf = (name: string) => join(REPOSITORY, 'docs', 'schemas', `${name}.json`);

/** The line of docs/schemas.md. */
const modeline = (name: string) => `# yaml-language-server: $schema=${schemaOf(name)}\n`;

/** Documents with the first word of what the server says of them; it says nothing of good ones. */
const DOCUMENTS = [
  {
    file: 'configuration.yaml',
    good: `${modeline('configuration')}mode: warn\nrules:\n  json-syntax: warn\n`,
    bad: `${modeline('configuration')}mode: warn\nrules:\n  json-syntax: sometimes\n`,
    place: { line: 3, character: 15 },
    says: /not accepted|"deny"/,
  },
  {
    file: 'cni_chain',
    good: `${modeline('cni_chain')}- type: portmap\n  snat: true\n- type: tuning\n`,
    bad: `${modeline('cni_chain')}- type: tuning\n- type: portmap\n  snat: "true"\n`,
    place: { line: 3, character: 8 },
    says: /boolean/,
  },
  {
    file: '10-terway.conflist',
    good: GOOD['10-terway.conflist'] ?? '',
    bad: '{"plugins": [\n  {"type": "portmap", "masqAll": "yes"}\n]}',
    place: { line: 1, character: 33 },
    says: /boolean/,
  },
  {
    file: 'eni_conf',
    good: GOOD.eni_conf ?? '',
    bad: '{\n  "max_pool_size": "many"\n}',
    place: { line: 1, character: 19 },
    says: /integer/,
  },
];

t.test('a language server marks what the schemas refuse, and nothing else', async (t) => {
  // The server's patterns pass over folders that begin with a dot, as tap's does.
  const folder = mkdtempSync(join(tmpdir(), 'eni-config-guard-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const diagnose = await startLanguageServer(t, folder, {
    validate: true,
    schemaStore: { enable: false },
    schemas: {
      [schemaOf('10-terway.conflist')]: '10-terway.conflist',
      [schemaOf('eni_conf')]: 'eni_conf',
    },
  });
  for (const { file, good, bad, place, says } of DOCUMENTS) {
    t.same(await diagnose(join(folder, 'good', file), good), [], `${file} without a fault`);
    const [first, ...more] = await diagnose(join(folder, 'bad', file), bad);
    t.match(first?.message, says, file);
    t.same(first?.range.start, place, `${file}: the place`);
    t.same(more, [], `${file}: one fault, one diagnostic`);
  }
});
