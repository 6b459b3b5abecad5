import t from 'tap';
import { readManifests } from '../../../src/manifests/read.ts';

const read = (text: string) => readManifests({ name: 'a.yaml', text });
const dataOf = (text: string) =>
  read(text).objects.map(({ configMap }) => Object.fromEntries(configMap.data));

const CONFIG = `apiVersion: v1
kind: ConfigMap
metadata:
  name: eni-config
  namespace: kube-system
data:
  eni_conf: '{}'
`;

t.test('it finds eni-config among other objects', async (t) => {
  const other = CONFIG.replace('name: eni-config', 'name: other # not eni-config');
  t.same(dataOf(`${other}---\n${CONFIG}---\n---\n# nothing\n`), [{ eni_conf: '{}' }]);
  t.same(dataOf(CONFIG.replace('kube-system', 'default')), []);
  t.same(dataOf(CONFIG.replace('  namespace: kube-system\n', '')), [{ eni_conf: '{}' }]);
  t.same(dataOf(CONFIG.replace('kind: ConfigMap', 'kind: Secret')), []);
  const item = CONFIG.replace(/^/gm, '    ').replace('    apiVersion', '  - apiVersion');
  t.same(dataOf(`kind: List\nitems:\n${item}`.trimEnd()), [{ eni_conf: '{}' }]);
  t.same(dataOf('{{ template }}'), [], 'a file without the name is not parsed');
  const json = { kind: 'ConfigMap', metadata: { name: 'eni-config' }, data: { eni_conf: '{}' } };
  t.same(dataOf(JSON.stringify({ kind: 'List', items: [json] }, null, '\t')), [{ eni_conf: '{}' }]);
});

t.test('what else is judged of the object', async (t) => {
  const note = '  annotations: {eni-config-guard/bypass-reason: upgrade}\n';
  const text = CONFIG.replace('\ndata:', `\n${note}immutable: true\nbinaryData: {a: e30=}\ndata:`);
  t.match(read(text).objects[0]?.configMap, {
    binaryData: new Map([['a', 'e30=']]),
    immutable: true,
    breakGlass: { reason: 'upgrade', until: undefined },
  });
});

t.test('aliases and merges are followed, and not written into', async (t) => {
  const text =
    `x: &text '{}'\ny: &base {in_cluster_loadbalance: 'true', eni_conf: 'not this'}\n${CONFIG}`.replace(
      "eni_conf: '{}'",
      "eni_conf: *text\n  <<: *base\n  disable_network_policy: 'false'",
    );
  t.same(dataOf(text), [
    { eni_conf: '{}', disable_network_policy: 'false', in_cluster_loadbalance: 'true' },
  ]);
  const { texts } = read(text).objects[0]!;
  const canWrite = [...texts].map(([key, { scalar }]) => [key, scalar !== undefined]);
  t.same(Object.fromEntries(canWrite), {
    eni_conf: false,
    in_cluster_loadbalance: false,
    disable_network_policy: true,
  });
});

t.test('kustomize makes it of files and literals', async (t) => {
  const { generated } = read(`namespace: kube-system
configMapGenerator:
- name: eni-config
  behavior: merge
  files: [10-terway.conflist=conf/chain.json, conf/10-terway.conf]
  literals: ['eni_conf={"a": "b=c"}', "disable_network_policy='false'", nothing]
- name: other
  files: [a]
`);
  t.equal(generated.length, 1);
  const [{ files, literals, isPartial }] = generated as [(typeof generated)[0]];
  t.equal(isPartial, true);
  t.same(
    files.map(({ key, path }) => [key, path]),
    [
      ['10-terway.conflist', 'conf/chain.json'],
      ['10-terway.conf', 'conf/10-terway.conf'],
    ],
  );
  t.same(
    [...literals].map(([key, { text }]) => [key, text]),
    [
      ['eni_conf', '{"a": "b=c"}'],
      ['disable_network_policy', 'false'],
    ],
  );
  const { file, map } = literals.get('eni_conf')!.place;
  t.ok(file.text.startsWith('"a"', map?.offsetOf(1)), 'a literal has places of its own');
});

t.test('what kubectl could not read is refused with line and column', async (t) => {
  const refused: [name: string, text: string, line: number, message: RegExp][] = [
    [
      'a boolean',
      CONFIG.replace("'{}'", 'true'),
      7,
      /data\.eni_conf is no text.* put it in quotes/,
    ],
    ['a number', CONFIG.replace("'{}'", '1.5'), 7, /data\.eni_conf is no text/],
    ['a word that is a boolean', CONFIG.replace("'{}'", 'Off'), 7, /is no text/],
    ['a number of YAML 1.1', CONFIG.replace("'{}'", '1_000'), 7, /is no text/],
    ['a map', CONFIG.replace("'{}'", '{}'), 7, /is no text/],
    ['nothing', CONFIG.replace(" '{}'", ''), 7, /is no text/],
    ['an alias of nothing', CONFIG.replace("'{}'", '*x'), 7, /the alias \*x has no anchor/],
    ['a key twice', `${CONFIG}  eni_conf: '{}'\n`, 8, /no valid YAML: Map keys must be unique/],
    ['broken YAML', `${CONFIG} x: [\n`, 8, /no valid YAML/],
    ['a template', CONFIG.replace("'{}'", '{{ .Values.x }}'), 7, /`helm template` prints/],
  ];
  for (const [name, text, line, message] of refused) {
    t.throws(
      () => read(text),
      { name: 'ManifestError', file: 'a.yaml', at: { line }, message },
      name,
    );
  }
});
