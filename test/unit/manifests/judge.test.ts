import { Buffer } from 'node:buffer';
import { type Operation, applyPatch } from 'rfc6902';
import t from 'tap';
import { mutate } from '../../../src/admission/mutate.ts';
import { type AdmissionResponse, answer } from '../../../src/admission/response.ts';
import { validate } from '../../../src/admission/validate.ts';
import type { ConfigMap } from '../../../src/engine/core/eni-config.ts';
import { RULE_INFO } from '../../../src/engine/rules/index.ts';
import { judge } from '../../../src/manifests/judge.ts';
import { readManifests } from '../../../src/manifests/read.ts';
import { BASE_VETH, PORTMAP, VETH_CONF, conflist } from '../../support/config-maps.ts';
import { configMap } from '../../support/changes.ts';
import { SCALAR_STYLES, yamlManifest } from '../../support/manifests.ts';
import { reviewObject } from '../../support/reviews.ts';
import { WEBHOOK } from '../../support/running-app.ts';
import { tried } from '../../support/sweeps.ts';
import { EDITS, type WorkedEdit } from '../engine/rules/edits/index.ts';
import { cluster } from '../engine/rules/edits/clusters.ts';

const read = (text: string) => readManifests({ name: 'eni-config.yaml', text }).objects[0]!;

const objectOf = ({ data, binaryData, immutable }: ConfigMap) => ({
  data: Object.fromEntries(data),
  binaryData: Object.fromEntries(binaryData),
  immutable,
});

/** What the webhook answers, the mutating half first, as the API server asks it. */
async function answerOf({ change, facts, policy }: WorkedEdit): Promise<AdmissionResponse> {
  const body = reviewObject({ operation: change.operation });
  const object = { ...body.request.object, ...(change.new && objectOf(change.new)) };
  const request = {
    ...body.request,
    object,
    oldObject: change.old ? { ...body.request.oldObject, ...objectOf(change.old) } : null,
  };
  const webhook = { ...WEBHOOK, facts: () => facts, policy };
  const { response } = await mutate(JSON.stringify({ ...body, request }), webhook);
  const patch = Buffer.from(response.patch ?? '', 'base64').toString() || '[]';
  applyPatch(object, JSON.parse(patch) as Operation[]);
  return (await validate(JSON.stringify({ ...body, request }), webhook)).response;
}

/** What the API server takes in a ConfigMap; of a larger one no rule is asked. */
const MAX_TEXTS = 1024 * 1024;
const sizeOf = ({ data }: ConfigMap) => [...data.values()].join('').length;

const WRITES = EDITS.filter(
  ({ change }) => change.new && sizeOf(change.new) <= MAX_TEXTS && !change.breakGlass,
);

const told = ({ allowed, status, warnings }: AdmissionResponse) => ({ allowed, status, warnings });

t.test('a change of files is answered as the webhook answers it, byte for byte', async (t) => {
  for (const [index, edit] of tried(WRITES.entries())) {
    const { change, facts, policy, name } = edit;
    if (!change.old) continue;
    const style = SCALAR_STYLES[index % SCALAR_STYLES.length];
    const old = read(yamlManifest(change.old, style));
    const { verdict, object } = judge(read(yamlManifest(change.new!, style)), old.configMap, {
      ...WEBHOOK,
      facts,
      policy,
    });
    t.same(told(answer('', verdict, object)), told(await answerOf(edit)), name);
  }
});

t.test('a state is judged as a created object, without remarks about a write', async (t) => {
  const remarks = Object.values(RULE_INFO).flatMap(({ id, advisory }) => (advisory ? [id] : []));
  const isRemark = (warning: string) => remarks.some((id) => warning.endsWith(`(${id})`));
  let creations = 0;
  for (const edit of WRITES) {
    const { change, facts, policy, name } = edit;
    if (change.old || policy.mode !== 'enforce') continue;
    const json = JSON.stringify({
      kind: 'ConfigMap',
      metadata: { name: 'eni-config' },
      ...objectOf(change.new!),
    });
    const { verdict, object } = judge(read(json), undefined, { ...WEBHOOK, facts, policy });
    const { warnings = [], ...expected } = told(await answerOf(edit));
    const { warnings: given = [], ...response } = told(answer('', verdict, object));
    t.same(response, expected, name);
    t.same(
      given,
      warnings.filter((warning) => !isRemark(warning)),
      name,
    );
    creations += 1;
  }
  t.ok(creations > 0);
});

t.test('a place in the file is where the document has the same characters', async (t) => {
  let places = 0;
  for (const { change, facts, policy, name } of tried(WRITES)) {
    const file = yamlManifest(change.new!);
    const lines = file.split('\n');
    const { findings, object } = judge(read(file), undefined, {
      ...WEBHOOK,
      facts,
      policy,
      defaults: { mode: 'off', values: new Map() },
    });
    for (const { finding, place } of findings) {
      const text = finding.key === undefined ? undefined : object.data.get(finding.key);
      if (!finding.at || text === undefined) continue;
      const character = text.charAt(finding.at.offset);
      const there = Array.from(lines[place.start.line - 1] ?? '')[place.start.column - 1] ?? '';
      if (/^[\s\p{C}\p{Cs}]?$/u.test(character)) continue;
      places += 1;
      if (there !== character && there !== '\\') t.fail(`${name}: ${character} is at ${there}`);
    }
  }
  t.ok(places > 100, `${places} places`);
});

t.test('defaults that the webhook adds do not move places in the file', async (t) => {
  const data = {
    ...BASE_VETH,
    '10-terway.conflist': conflist([VETH_CONF, PORTMAP, { type: 'tunning' }]),
  };
  const file = yamlManifest(configMap(data));
  const { findings, remarks, object } = judge(read(file), undefined, {
    ...WEBHOOK,
    facts: cluster('1.15.2', '1.7.1', {
      kubeProxyMode: { value: 'ipvs', source: { kind: 'nodes' } },
    }),
  });
  // The entry is refused, so nothing would be added to it.
  t.same(remarks, []);
  t.equal(object.data.get('10-terway.conflist'), data['10-terway.conflist']);
  const warned = judge(
    read(
      yamlManifest(
        configMap({
          ...data,
          '10-terway.conflist': conflist([VETH_CONF, PORTMAP, { type: 'my-plugin' }]),
        }),
      ),
    ),
    undefined,
    {
      ...WEBHOOK,
      facts: cluster('1.15.2', '1.7.1', {
        kubeProxyMode: { value: 'ipvs', source: { kind: 'nodes' } },
      }),
    },
  );
  t.match(warned.remarks, [/^eni-config-guard added "externalSetMarkChain"/]);
  const lines = file.split('\n');
  for (const linted of [findings, warned.findings]) {
    const [found] = linted.filter(({ finding }) => finding.path?.[1] === 2);
    t.match(lines[found!.place.start.line - 1], /"type": "tunning"/);
  }
});

t.test('a text beside which others may stand lacks none', async (t) => {
  const object = read(yamlManifest(configMap({ '10-terway.conflist': conflist([VETH_CONF]) })));
  const rules = (isPartial: boolean) =>
    judge({ ...object, isPartial }, undefined, { ...WEBHOOK, facts: WEBHOOK.facts() }).findings.map(
      ({ finding }) => finding.rule,
    );
  t.match(rules(false), ['conf-missing', 'eni-conf-missing']);
  t.notMatch(rules(true).join(), /missing/);
});
