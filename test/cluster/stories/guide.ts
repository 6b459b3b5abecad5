import { readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Test } from 'tap';

import { BASE_VETH, withConflist } from '../../support/config-maps.ts';
import { GUARD_IMAGE, guardArchive } from '../../support/image/archive.ts';
import { REPOSITORY } from '../../support/program.ts';
import { manifest } from '../guarded-cluster.ts';
import type { Lab } from '../lab/lab.ts';
import { ImageRegistry, REGISTRY } from '../lab/registry.ts';
import { CHART, untilArmed, untilPodsAreGone } from '../lab/release.ts';

const IMAGE_NAME = GUARD_IMAGE.split(':')[0] ?? '';

/**
 * What the pages have a reader do, and this lab can't: it has neither docker nor the file that a stack
 * trace names. What takes cert-manager is done in a story of its own.
 */
const NOT_RUN = /^docker |certificates\.source=cert-manager|findOrigin/m;

/**
 * The pages on installing and operating are followed from nothing, command by command, as they stand in
 * the page; their Chinese sisters have the same commands. The nodes pull the image from a registry to
 * which it is pushed in place of `docker buildx build --push`; what is set in ACK's console is not run.
 */
export async function guideIsFollowed(t: Test, lab: Lab): Promise<void> {
  const { plane, workers } = lab;
  await symlink(dirname(CHART), join(plane.dir, 'charts'));
  const archive = await guardArchive();
  const registry = await ImageRegistry.start(lab);
  try {
    await imageIsMissing(t, lab);
    await registry.push(archive);
    for (const [index, language] of ['', '.zh'].entries()) {
      for (const worker of workers) await worker.removeImages(IMAGE_NAME);
      await followPages(t, lab, language);
      for (const [digest, times] of await registry.fetched()) {
        t.ok(times >= (index + 1) * workers.length, `every node pulled ${digest}`);
      }
    }
  } finally {
    await registry.stop();
  }
}

/** An image that can't be pulled does not leave eni-config closed: the command of the page takes all back. */
async function imageIsMissing(t: Test, { plane }: Lab): Promise<void> {
  const [install = ''] = await commandsOf('install.md');
  const { code } = await plane.shell(`${install.replace(/ *#.*/, '').trimEnd()} --timeout 30s`);
  t.not(code, 0, 'helm says that nothing became ready');
  const left = await plane.kubectl(['get', 'validatingwebhookconfigurations', '-oname']);
  t.equal(left.stdout, '', 'no webhook is left');
  const written = await plane.kubectl(['replace', '--dry-run=server', '-f', '-'], {
    stdin: manifest(withConflist(BASE_VETH, '{}')),
  });
  t.equal(written.code, 0, 'eni-config can be written');
}

async function followPages(t: Test, lab: Lab, language: string): Promise<void> {
  const { plane } = lab;
  const install = await commandsOf(`install${language}.md`);
  const [upgrade = '', disarm = '', removeFloor = '', breakGlass = ''] = await commandsOf(
    `operate${language}.md`,
  );
  const follow = async (block: string) => {
    const { code, stdout, stderr } = await plane.shell(`set -e\n${block}`);
    t.equal(code, 0, `${block}\n${stdout}${stderr}`);
  };

  for (const block of install.slice(0, -1)) await follow(block);
  await untilArmed(lab);
  if (language === '') {
    for (const page of ['configure.md', 'command-line.md']) {
      const blocks = await commandsOf(page);
      for (const block of blocks.filter((one) => one.startsWith('kubectl exec')))
        await follow(block);
    }
    for (const block of await commandsOf('security.md')) await follow(block);
  }

  await follow(disarm);
  await follow(removeFloor);
  const broken = await plane.kubectl(['replace', '-f', '-'], {
    stdin: manifest(withConflist(BASE_VETH, '{}')),
  });
  t.equal(broken.code, 0, 'nothing is guarded after the emergency commands');
  await plane.kubectl(['replace', '-f', '-'], { stdin: manifest(BASE_VETH) });

  await follow(upgrade);
  await untilArmed(lab);
  await follow(breakGlass);
  await follow(
    'kubectl annotate cm eni-config -n kube-system eni-config-guard/bypass-reason- eni-config-guard/bypass-until-\n' +
      'kubectl delete role,rolebinding eni-config-bypass -n kube-system',
  );
  await follow(install.at(-1) ?? '');
  await untilPodsAreGone(lab);
}

/** The blocks of commands of a page under docs/ that can be run here, in order. */
async function commandsOf(page: string): Promise<string[]> {
  const text = await readFile(join(REPOSITORY, 'docs', page), 'utf8');
  return [...text.matchAll(/^ *```(?:sh|console)\n(.*?)^ *```$/gms)]
    .map(([, block = '']) => block.replaceAll(/^\$ /gm, '').replaceAll('<your registry>', REGISTRY))
    .filter((block) => !NOT_RUN.test(block));
}
