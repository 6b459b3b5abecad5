import t from 'tap';
import { WordList, closest } from '../../../../src/engine/reading/suggest.ts';

const PLUGINS = [
  'terway',
  'portmap',
  'tuning',
  'bandwidth',
  'firewall',
  'sbr',
  'vrf',
  'cilium-cni',
];

t.test('a slip of a known name is recognised', (t) => {
  const slips: [word: string, meant: string][] = [
    ['portmapp', 'portmap'],
    ['portmp', 'portmap'],
    ['protmap', 'portmap'],
    ['port-map', 'portmap'],
    ['PortMap', 'portmap'],
    ['PORTMAPS', 'portmap'],
    ['terwai', 'terway'],
    ['terway', 'terway'],
    ['tunning', 'tuning'],
    ['bandwith', 'bandwidth'],
    ['fire-wall', 'firewall'],
    ['sbrr', 'sbr'],
    ['vrff', 'vrf'],
    ['cillium-cni', 'cilium-cni'],
    ['cilium_cni', 'cilium-cni'],
    ['c.i-l_i-um_CNI', 'cilium-cni'],
  ];
  for (const [word, meant] of slips) t.equal(closest(word, PLUGINS), meant, word);
  t.end();
});

t.test('another word is no slip', (t) => {
  for (const word of ['', 'x', 'bridge', 'macvlan', 'istio-cni', 'portmap-xyz', 'multus', 'tap']) {
    t.equal(closest(word, PLUGINS), undefined, word);
  }
  t.end();
});

t.test('the nearest candidate wins, the first of equally near ones', (t) => {
  t.equal(closest('conditionsV4', ['conditionsV6', 'conditionsV4']), 'conditionsV4');
  t.equal(closest('conditions', ['conditionsV6', 'conditionsV4']), 'conditionsV6');
  t.equal(closest('egressRate', ['ingressRate', 'egressRates']), 'egressRates');
  t.end();
});

t.test('no edit may rewrite half of a short name', (t) => {
  t.equal(closest('a', ['b']), undefined);
  t.equal(closest('ab', ['cd']), undefined);
  t.equal(closest('abc', ['axy']), undefined);
  t.equal(closest('abc', ['abx']), 'abx');
  t.end();
});

t.test('a very long word is not compared, and no candidates have no nearest', (t) => {
  t.equal(closest('a'.repeat(65), ['a'.repeat(65)]), undefined);
  t.equal(closest('a'.repeat(64), ['a'.repeat(64)]), 'a'.repeat(64));
  t.equal(closest('portmap', []), undefined);
  t.end();
});

t.test('of a list, the nearest word that is free is meant', (t) => {
  const words = new WordList(['max_eni', 'min_eni', 'vswitches']);
  t.equal(
    words.closest('mix_eni', () => true),
    'max_eni',
  );
  t.equal(
    words.closest('mix_eni', (word) => word !== 'max_eni'),
    'min_eni',
  );
  t.equal(
    words.closest('mix_eni', () => false),
    undefined,
  );
  t.equal(
    words.closest('x'.repeat(65), () => true),
    undefined,
  );
  t.end();
});
