import t from 'tap';
import { NO_FACTS } from '../../../../src/engine/core/facts.ts';
import { renderNodeFile } from '../../../../src/engine/rendering/node-file.ts';
import { differencesFrom, findPrintedFile } from '../../../../src/engine/rendering/printed-file.ts';
import { configMap } from '../../../support/changes.ts';
import {
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../support/config-maps.ts';

const object = configMap(withConflist(BASE_VETH, conflist([VETH_CONF, PORTMAP])));
const facts = NO_FACTS;

function fileOf(node: 'veth' | 'datapathv2' | 'exclusive-eni'): string {
  const file = renderNodeFile(object, node, { facts });
  return file.kind === 'file' ? file.text : '';
}

/** What the init container logs around the file; the last brace has no line end. */
const logOf = (file: string) =>
  `no prev cilium chainer\n{\n  "access_secret": "SECRET"\n}\nconfig {"a": {\n}\n${file}` +
  'Init node capabilities\nnet.ipv4.conf.eth0.rp_filter = 0\n';

t.test('the file is found among what is logged around it', async (t) => {
  const printed = findPrintedFile(logOf(fileOf('veth')));
  t.equal(printed?.datapath, 'veth');
  t.same(
    printed?.plugins.map((plugin) => plugin.get('type')),
    ['terway', 'portmap'],
  );
  t.ok(findPrintedFile(fileOf('veth')), 'alone');
  t.ok(findPrintedFile(logOf(fileOf('veth')).replaceAll('\n', '\r\n')));
  const twice = `${logOf(fileOf('exclusive-eni'))}${logOf(fileOf('veth'))}`;
  t.equal(findPrintedFile(twice)?.plugins.length, 2, 'the last one counts');
});

t.test('what is no chain of Terway is not taken for one', async (t) => {
  const file = fileOf('veth');
  const others = ['', '{', '{\n', '{\n}', 'no JSON at all', logOf(''), file.slice(0, -2)];
  others.push(
    file.replace('terway-chainer', 'other'),
    file.replace(/"plugins": \[[^]*\]/, '"plugins": 1'),
  );
  for (const log of others) t.equal(findPrintedFile(log), undefined, JSON.stringify(log));
});

t.test('what the node decides is no difference', async (t) => {
  const differences = (text: string, isExclusive = false) => {
    const printed = findPrintedFile(text);
    return printed && differencesFrom(object, printed, { facts, isExclusive });
  };
  t.same(differences(fileOf('veth')), []);
  t.same(differences(fileOf('datapathv2')), [], 'cilium-cni at the end is of Terway');
  t.same(differences(fileOf('exclusive-eni'), true), []);
  const own = fileOf('veth').replace(
    '"bandwidth_mode": "tc"',
    '"bandwidth_mode": "edt", "mtu": 1400',
  );
  t.not(own, fileOf('veth'));
  t.same(differences(own), []);
  t.match(differences(fileOf('veth').replace('"portMappings": true', '"portMappings": false')), [
    { kind: 'member', entry: { type: 'portmap' }, before: true, now: false },
  ]);
  t.match(differences(fileOf('veth').replace('"iptables"', '"ebpf"')), [
    { kind: 'member', entry: { type: 'terway' } },
  ]);
  t.ok((differences(fileOf('exclusive-eni')) ?? []).length > 0, 'of a node that is none');
});

t.test('of an object without a file nothing is compared', async (t) => {
  const printed = findPrintedFile(fileOf('veth'));
  const broken = configMap({ ...BASE_VETH, '10-terway.conflist': '{' });
  t.equal(printed && differencesFrom(broken, printed, { facts, isExclusive: false }), 'no file');
});
