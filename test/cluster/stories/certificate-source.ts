import { readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Test } from 'tap';

import { REPOSITORY } from '../../support/program.ts';
import { startCertManager } from '../certmanager/cert-manager.ts';
import type { Lab } from '../lab/lab.ts';
import { CHART, install, untilArmed, untilSettled } from '../lab/release.ts';
import { ReviewStream, UNNOTICED } from '../lab/review-stream.ts';
import { caIsRenewed } from './cert-manager.ts';
import { NOT_TRUSTED } from './certificates.ts';

const BACK =
  'helm upgrade eni-config-guard charts/eni-config-guard -n kube-system --reset-then-reuse-values' +
  ' --set certificates.source=self-signed\n' +
  'kubectl rollout status deployment/eni-config-guard -n kube-system';

/** The source of certificates is changed as docs/operate.md tells. */
export async function certificateSourceChanges(t: Test, lab: Lab): Promise<void> {
  const { plane } = lab;
  const [atOnce = '', withWarnings = ''] = await documented();
  await symlink(dirname(CHART), join(plane.dir, 'charts'));
  await install(lab, { config: { server: { drainSeconds: 2 } } });
  await untilArmed(lab);

  await t.test('to cert-manager and back: every call is answered', async (t) => {
    await startCertManager(t, plane);
    await isUnnoticed(t, atOnce);
    await isUnnoticed(t, BACK);
  });

  await t.test('to cert-manager before 1.19', async (t) => {
    await startCertManager(t, plane, { replacesBundles: true });

    await t.test('at once: writes are refused for a while, none gets past the guard', async (t) => {
      const { answered, failed, wrong, unanswered } = await during(t, atOnce);
      t.comment(`${failed.length} of ${answered} writes failed`);
      t.same({ wrong, unanswered }, { wrong: [], unanswered: 0 });
      t.ok(failed.length > 0, 'the old pods were not trusted for a while');
      t.same(
        failed.filter(({ message }) => !message.includes(NOT_TRUSTED)),
        [],
      );
      await isUnnoticed(t, BACK);
    });

    await t.test('with warnings meanwhile: no write is refused', async (t) => {
      const { answered, failed, passedOver } = await during(t, withWarnings);
      t.comment(`${passedOver} calls passed over, ${answered} writes`);
      t.same(failed, []);
      t.ok(passedOver > 0, 'the old pods were not trusted for a while');
      await untilArmed(lab);
    });

    await t.test('and its CA is renewed', async (t) => {
      await caIsRenewed(t, lab);
    });

    await t.test('and back', async (t) => {
      await isUnnoticed(t, BACK);
    });
  });

  /** Runs commands of a page while writes flow; tells what became of these. */
  async function during(t: Test, commands: string) {
    const stream = await ReviewStream.start(t, plane);
    t.match(await plane.shell(`set -e\n${commands}`), { code: 0 }, commands);
    await untilSettled(lab);
    return stream.stop();
  }

  async function isUnnoticed(t: Test, commands: string): Promise<void> {
    const { answered, ...rest } = await during(t, commands);
    t.comment(`${answered} writes`);
    t.ok(answered > 0);
    t.same(rest, UNNOTICED);
  }
}

/** The page's blocks of commands that change to cert-manager. */
async function documented(): Promise<string[]> {
  const page = await readFile(join(REPOSITORY, 'docs/operate.md'), 'utf8');
  const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
  return blocks.filter((block) => block.includes('certificates.source=cert-manager'));
}
