import t from 'tap';

import { NO_FACTS } from '../../../../src/engine/core/facts.ts';
import { differencesFrom, findPrintedFile } from '../../../../src/engine/rendering/printed-file.ts';
import { configMap } from '../../../support/changes.ts';
import {
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../support/config-maps.ts';

/** A chain as the init container prints it. */
const printed = (...plugins: readonly object[]) =>
  JSON.stringify({ cniVersion: '0.4.0', name: 'terway-chainer', plugins }, undefined, 2);

const typesIn = (log: string) => findPrintedFile(log)?.plugins.map((plugin) => plugin.get('type'));

t.test('the last chain that was printed is found, and nothing else is', (t) => {
  const chain = printed({ type: 'terway' }, { type: 'portmap' });
  t.same(typesIn(chain), ['terway', 'portmap']);
  t.same(
    typesIn(`line\n${chain}next line\n`),
    ['terway', 'portmap'],
    'text follows the last brace',
  );
  t.same(typesIn(`${printed({ type: 'a' })}\n${chain}\n`), ['terway', 'portmap'], 'the last one');
  t.same(typesIn(`a\r\n${chain.replaceAll('\n', '\r\n')}\r\n`), ['terway', 'portmap']);
  t.same(typesIn(`${chain}\n{\n  "version": "1"\n}\n`), ['terway', 'portmap'], 'past eni_conf');
  t.same(typesIn(`${chain}\n{\n  "cut": \n`), ['terway', 'portmap'], 'past what has no end');
  for (const log of [
    '',
    '{',
    '{\n',
    '{\n  "name": "terway-chainer",\n}\n',
    chain.replace('terway-chainer', 'other'),
    chain.replaceAll('"type"', 'type'),
    ` ${chain}`,
    '{\n  "name": "terway-chainer",\n  "plugins": {}\n}',
    '{\n  "name": "terway-chainer",\n  "plugins": [1]\n}',
  ]) {
    t.equal(typesIn(log), undefined, log);
  }
  t.same(typesIn('{\n  "name": "terway-chainer"\n}'), []);
  t.end();
});

t.test('the datapath is what the entry of terway says', (t) => {
  const datapathOf = (...plugins: object[]) => findPrintedFile(printed(...plugins))?.datapath;
  t.equal(datapathOf({ type: 'terway', eniip_virtual_type: 'DataPathV2' }), 'datapathv2');
  t.equal(datapathOf({ type: 'terway', eniip_virtual_type: 1 }), undefined);
  t.equal(datapathOf({ type: 'other', eniip_virtual_type: 'veth' }), undefined);
  t.end();
});

t.test('what a node has of its own is no difference', (t) => {
  const object = configMap(withConflist(BASE_VETH, conflist([VETH_CONF, PORTMAP])));
  const differences = (...plugins: object[]) =>
    differencesFrom(object, findPrintedFile(printed(...plugins))!, {
      facts: NO_FACTS,
      isExclusive: false,
    });
  // Name and version are those of the list.
  const entry = Object.fromEntries(
    Object.entries(VETH_CONF).filter(([name]) => name !== 'cniVersion' && name !== 'name'),
  );
  const own = { eniip_virtual_type: 'veth', bandwidth_mode: 'edt', mtu: 1400 };
  t.same(differences({ ...entry, ...own }, PORTMAP), []);
  t.same(differences({ ...entry, ...own }, PORTMAP, { type: 'cilium-cni' }), []);
  t.not(differences({ ...entry, ...own }).length, 0, 'a plugin is missing');
  t.not(differences(entry, { ...PORTMAP, snat: false }).length, 0, 'another value');
  t.equal(
    differencesFrom(configMap({}), findPrintedFile(printed())!, {
      facts: NO_FACTS,
      isExclusive: false,
    }),
    'no file',
  );
  t.end();
});
