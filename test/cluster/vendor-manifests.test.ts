import { t } from 'tap';

import {
  BASE_VENDOR,
  BASE_VETH,
  PORTMAP,
  VENDOR_CHAINS,
  VENDOR_CONF,
  conflist,
} from '../support/config-maps.ts';
import type { Data } from '../support/config-maps.ts';
import { Transcript } from './controlplane/transcript.ts';
import { manifest, startGuardedCluster } from './guarded-cluster.ts';

const CONF = '10-terway.conf';
const CHAIN = '10-terway.conflist';
const APPLY = 'kubectl apply -f eni-config.yaml';

/** 10-terway.conf as the vendor's page prints it: the JSON of the stored one, formatted otherwise. */
const PAGE_CONF = `{
  "cniVersion": "0.4.0",
  "name": "terway",
  "type": "terway",
  "capabilities": {"bandwidth": true}
}
`;

/** The two keys of an example on the vendor's page. */
const page = (chain: string): Data => ({ [CHAIN]: chain, [CONF]: PAGE_CONF });

/** The keys of an eni-config as they stand below `data:` in an editor or a file. */
function asYaml(data: Data): string {
  return Object.entries(data)
    .map(([key, value]) => `  ${key}: |\n${value.trimEnd().replace(/^/gm, '    ')}\n`)
    .join('');
}

/** The vendor's examples as whole manifests and as two keys, on a cluster whose conf is laid out otherwise. */
t.test("the vendor's examples", async (t) => {
  const cluster = await startGuardedCluster({
    facts: {
      terwayVersion: '1.15.2',
      pluginVersions: { portmap: '1.7.1' },
      kubeProxyMode: 'ipvs',
    },
  });
  t.teardown(() => cluster.stop());
  t.not(BASE_VENDOR[CONF], PAGE_CONF);

  for (const [name, chain] of Object.entries(VENDOR_CHAINS)) {
    const slug = name.toLowerCase().replaceAll(' ', '-');

    await t.test(
      `${name}: applied as the whole manifest, again, and without the conf`,
      async (t) => {
        await cluster.store(BASE_VENDOR);
        const whole = { ...BASE_VENDOR, ...page(chain) };
        await cluster.file('eni-config.yaml', manifest(page(chain)));
        const transcript = new Transcript();
        await cluster.type(transcript, 'kubectl diff -f eni-config.yaml');
        t.equal((await cluster.type(transcript, APPLY)).code, 0);
        t.same(await cluster.stored(), { ...whole, [CONF]: BASE_VENDOR[CONF] });
        t.equal((await cluster.type(transcript, APPLY)).code, 0, 'a second time');
        t.same(await cluster.stored(), { ...whole, [CONF]: BASE_VENDOR[CONF] });
        await cluster.type(transcript, 'kubectl diff -f eni-config.yaml');

        // From here on the file is the applied one without a key, which apply would remove.
        await cluster.file('eni-config.yaml', manifest({ [CHAIN]: chain }));
        t.equal((await cluster.type(transcript, APPLY)).code, 1);
        t.same(await cluster.stored(), { ...whole, [CONF]: BASE_VENDOR[CONF] });
        await transcript.matchesGolden(t, `vendor-apply-${slug}`);
      },
    );

    await t.test(`${name}: its two keys in the editor, the others left in place`, async (t) => {
      await cluster.store(BASE_VENDOR);
      const transcript = new Transcript();
      const shown = asYaml({ [CONF]: BASE_VENDOR[CONF] ?? '' });
      const { code } = await cluster.edit(transcript, [
        (opened) => opened.replace(shown, () => asYaml(page(chain))),
      ]);
      t.equal(code, 0);
      t.same(await cluster.stored(), { ...BASE_VENDOR, [CHAIN]: chain });
      await transcript.matchesGolden(t, `vendor-edit-${slug}`);
    });
  }

  const chain = VENDOR_CHAINS['private access'] ?? '';

  await t.test('`data:` replaced whole lacks eni_conf', async (t) => {
    await cluster.store(BASE_VENDOR);
    await cluster.file('eni-config.yaml', manifest(page(chain)));
    const transcript = new Transcript();
    t.equal((await cluster.type(transcript, 'kubectl replace -f eni-config.yaml')).code, 1);
    t.same(await cluster.stored(), BASE_VENDOR);
    await transcript.matchesGolden(t, 'vendor-replace');
  });

  await t.test('a cluster whose conf has more members shows the first entry to copy', async (t) => {
    await cluster.store(BASE_VETH);
    await cluster.file('eni-config.yaml', manifest(page(chain)));
    const transcript = new Transcript();
    t.equal((await cluster.type(transcript, APPLY)).code, 1);
    await cluster.file('eni-config.yaml', manifest({ [CHAIN]: chain }));
    t.equal((await cluster.type(transcript, APPLY)).code, 1, 'nor with the chain alone');
    t.same(await cluster.stored(), BASE_VETH);
    await transcript.matchesGolden(t, 'vendor-conf-has-more');
  });

  await t.test('server-side apply of the conf is a conflict before any webhook', async (t) => {
    await cluster.store(BASE_VENDOR);
    await cluster.file('eni-config.yaml', manifest(page(chain)));
    const transcript = new Transcript();
    const line = 'kubectl apply --server-side -f eni-config.yaml';
    t.equal((await cluster.type(transcript, line)).code, 1);
    await cluster.file('eni-config.yaml', manifest({ [CHAIN]: chain }));
    t.equal(
      (await cluster.type(transcript, line)).code,
      0,
      'of the chain alone kubectl is the only owner',
    );
    t.same(await cluster.stored(), { ...BASE_VENDOR, [CHAIN]: chain });
    await transcript.matchesGolden(t, 'vendor-apply-server-side');
  });

  await t.test('kubectl diff both ways shows no change of the conf', async (t) => {
    await cluster.store({ ...BASE_VENDOR, [CHAIN]: conflist([VENDOR_CONF, PORTMAP]) });
    const transcript = new Transcript();
    await cluster.file('eni-config.yaml', manifest({ [CONF]: PAGE_CONF }));
    await cluster.type(transcript, 'kubectl diff -f eni-config.yaml');
    await cluster.file('eni-config.yaml', manifest({ [CONF]: BASE_VENDOR[CONF] ?? '' }));
    await cluster.type(transcript, 'kubectl diff -f eni-config.yaml');
    await transcript.matchesGolden(t, 'vendor-diff');
  });
});
