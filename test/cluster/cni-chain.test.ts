import { t } from 'tap';

import { BASE_VENDOR, PORTMAP, VENDOR_CHAINS, conflist } from '../support/config-maps.ts';
import { Transcript } from './controlplane/transcript.ts';
import { manifest, startGuardedCluster } from './guarded-cluster.ts';

const CHAIN = 'cni_chain';
const CONFLIST = '10-terway.conflist';
const APPLY = 'kubectl apply -f eni-config.yaml';

const GOOD = `- type: portmap
  capabilities:
    portMappings: true
  externalSetMarkChain: KUBE-MARK-MASQ
`;

/** What people write under the key, and what is refused in it. */
const WRONG: Readonly<Record<string, string>> = {
  'no YAML': GOOD.replace('  capabilities:', '\tcapabilities:'),
  'a whole conflist': conflist([{ type: 'terway' }, PORTMAP]),
  'an entry of terway': `- type: terway\n${GOOD}`,
  'a slip of a plugin': GOOD.replace('portmap', 'portmapp'),
  'a name of the list': GOOD.replace('- type', '- name: chain\n  type'),
};

/** The key cni_chain, which Terway newer than 1.17.5 reads, through a real API server. */
t.test('cni_chain', async (t) => {
  const cluster = await startGuardedCluster({
    facts: {
      terwayVersion: '1.18.0',
      pluginVersions: { portmap: '1.7.1' },
      kubeProxyMode: 'ipvs',
    },
  });
  t.teardown(() => cluster.stop());

  await t.test('a list of plugins is stored, and switched off again', async (t) => {
    await cluster.store(BASE_VENDOR);
    const transcript = new Transcript();
    for (const chain of [GOOD, '[]\n']) {
      await cluster.file('eni-config.yaml', manifest({ [CHAIN]: chain }));
      t.equal((await cluster.type(transcript, APPLY)).code, 0);
      t.equal((await cluster.stored())?.[CHAIN], chain);
    }
    await transcript.matchesGolden(t, 'cni-chain-stored');
  });

  for (const [name, text] of Object.entries(WRONG)) {
    await t.test(`${name} is refused with its place`, async (t) => {
      await cluster.store(BASE_VENDOR);
      await cluster.file('eni-config.yaml', manifest({ [CHAIN]: text }));
      const transcript = new Transcript();
      t.equal((await cluster.type(transcript, APPLY)).code, 1);
      t.same(await cluster.stored(), BASE_VENDOR);
      await cluster.file('eni-config.yaml', manifest({ [CHAIN]: GOOD }));
      t.equal((await cluster.type(transcript, APPLY)).code, 0, 'mended');
      await transcript.matchesGolden(t, `cni-chain-${name.replaceAll(' ', '-')}`);
    });
  }

  await t.test('beside a conflist it is the one that counts', async (t) => {
    const data = { ...BASE_VENDOR, [CONFLIST]: VENDOR_CHAINS['private access'] ?? '' };
    await cluster.store(data);
    await cluster.file('eni-config.yaml', manifest({ [CHAIN]: GOOD }));
    const transcript = new Transcript();
    t.equal((await cluster.type(transcript, APPLY)).code, 0);
    t.same(await cluster.stored(), { ...data, [CHAIN]: GOOD });
    await transcript.matchesGolden(t, 'cni-chain-beside-a-conflist');
  });
});
