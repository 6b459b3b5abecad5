import { t } from 'tap';

import {
  BASE_VENDOR,
  BASE_VETH,
  PORTMAP,
  VENDOR_CHAINS,
  VENDOR_CONF,
  VETH_CONF,
  conflist,
  withConflist,
} from '../support/config-maps.ts';
import type { EditStep } from './controlplane/edit.ts';
import { Transcript } from './controlplane/transcript.ts';
import { commentsIn, fixesIn, pasteConflist, replaceIn } from './edit-steps.ts';
import { startGuardedCluster } from './guarded-cluster.ts';

const marking = { externalSetMarkChain: 'KUBE-MARK-MASQ' };

/** The vendor's example, on a cluster with another 10-terway.conf and an older Terway, misspelt. */
const copied = conflist([
  { ...VENDOR_CONF, symmetric_routing: true },
  { ...PORTMAP, type: 'portmapp', ...marking },
]);
const mended = conflist([VETH_CONF, { ...PORTMAP, ...marking }]);

/** Characters that end a line for YAML but for no person, or that YAML forbids. */
const HOSTILE = [
  { name: 'ESC', raw: '\u001b', escape: '\\e', golden: 'edit-hostile-escape' },
  { name: 'U+2028', raw: '\u2028', escape: '\\L', golden: 'edit-hostile-u2028' },
  { name: 'U+0085', raw: '\u0085', escape: '\\N' },
  { name: 'a lone CR', raw: '\r', escape: '\\r' },
];

// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/;

t.test('kubectl edit of eni-config', async (t) => {
  const cluster = await startGuardedCluster({
    facts: {
      terwayVersion: '1.14.3',
      pluginVersions: { portmap: '1.7.1' },
      kubeProxyMode: 'ipvs',
    },
  });
  t.teardown(() => cluster.stop());
  const { guard } = cluster;

  await t.test('comes back with every finding until its fixes are pasted', async (t) => {
    await cluster.store(BASE_VETH);
    const transcript = new Transcript();
    const mendFirstEntry: EditStep = (opened) => {
      const [sameAsConf = '', type, ...others] = fixesIn(opened);
      t.equal(type, '"type": "portmap"');
      t.same(others, []);
      t.match(commentsIn(opened).join(' '), /\bremove\s+plugins\[0\]\.symmetric_routing\b/);
      return replaceIn(opened, '"symmetric_routing": true', sameAsConf);
    };
    const mendType: EditStep = (opened) => {
      const [type = '', ...others] = fixesIn(opened);
      t.same(others, [], 'only what is still wrong is told');
      return replaceIn(opened, '"type": "portmapp"', type);
    };

    const edit = await cluster.edit(transcript, [pasteConflist(copied), mendFirstEntry, mendType]);
    t.match(edit, { code: 0, stdout: 'configmap/eni-config edited\n' });
    t.equal(edit.openings.length, 3);
    t.same(await cluster.stored(), withConflist(BASE_VETH, mended));
    await transcript.matchesGolden(t, 'edit-blocked');
  });

  await t.test('leaves eni-config as it was when the person gives up', async (t) => {
    await cluster.store(BASE_VETH);
    const transcript = new Transcript();
    const edit = await cluster.edit(transcript, [pasteConflist(copied), 'quit']);
    t.equal(edit.code, 1);
    t.same(await cluster.stored(), BASE_VETH);
    await transcript.matchesGolden(t, 'edit-abandoned');
  });

  await t.test('folds every line that is not to be pasted at 100 columns', async (t) => {
    await cluster.store(BASE_VETH);
    const edit = await cluster.edit(new Transcript(), [pasteConflist(copied), 'quit']);
    const prose = commentsIn(edit.openings[1]!).filter((line) => !/^ {2}fix: ["{[]/.test(line));
    t.same(
      prose.filter((line) => line.length > 100),
      [],
    );
  });

  const stored = withConflist(BASE_VENDOR, VENDOR_CHAINS['private access']!);

  await t.test('calls a misspelt portmap misspelt, and not removed', async (t) => {
    await cluster.store(stored);
    const misspell: EditStep = (opened) => replaceIn(opened, '"portmap"', '"portmapp"');
    const edit = await cluster.edit(new Transcript(), [misspell, 'quit']);
    t.match(commentsIn(edit.openings[1]!).join('\n'), /did you mean "portmap"/);
    t.notMatch(edit.stderr, /portmap leaves the chain/);
  });

  for (const { name, escape, golden } of HOSTILE) {
    // In double quotes kubectl passes such a character on.
    await t.test(`comes back with one readable finding for ${name} in a string`, async (t) => {
      await cluster.store(stored);
      const spoil: EditStep = (opened) => quoteConflist(opened, `port${escape}map`);
      const mend: EditStep = (opened) => replaceIn(opened, `port${escape}map`, 'portmap');
      const transcript = new Transcript();
      const edit = await cluster.edit(transcript, [spoil, mend]);
      // What was mended is what is stored, so there is nothing to save.
      t.match(edit, { code: 0, stderr: /^Edit cancelled, no changes made\.$/m });
      t.equal(edit.openings.length, 2);

      const comments = commentsIn(edit.openings[1]!);
      t.notMatch(comments.join('\n'), UNPRINTABLE);
      t.equal(comments.filter((line) => line.startsWith('* ')).length, 1);
      if (golden !== undefined) await transcript.matchesGolden(t, golden);
    });
  }

  for (const { name, raw } of HOSTILE) {
    // In a block kubectl takes such a character for a defect of the YAML.
    await t.test(`is sent back by kubectl itself for ${name} pasted raw`, async (t) => {
      await cluster.store(stored);
      const before = await guard.reviews();
      const paste: EditStep = (opened) => replaceIn(opened, 'portmap', `port${raw}map`);
      const edit = await cluster.edit(new Transcript(), [paste, 'quit']);
      t.equal(edit.code, 1);
      t.match(commentsIn(edit.openings[1]!).join('\n'), /edited file failed validation/);
      t.same(await guard.reviews(), before, 'the guard was not asked');
    });
  }
});

/** The opened file with its conflist in double quotes, not in a block, and another "portmap". */
function quoteConflist(opened: string, portmap: string): string {
  const block = /^ {2}10-terway\.conflist: \|\n((?: {4}.*\n)+)/m;
  const text = (block.exec(opened)?.[1] ?? '').replace(/^ {4}/gm, '');
  const quoted = JSON.stringify(text).replace('portmap', portmap);
  return opened.replace(block, () => `  10-terway.conflist: ${quoted}\n`);
}
