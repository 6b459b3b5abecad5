import { readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Test } from 'tap';

import { BASE_VETH, withConflist } from '../../support/config-maps.ts';
import { REPOSITORY } from '../../support/program.ts';
import { manifest } from '../guarded-cluster.ts';
import type { Lab } from '../lab/lab.ts';
import { CHART, untilArmed } from '../lab/release.ts';

/** What the pages have a reader do, and this lab can't: it has neither docker nor cert-manager. */
const NOT_RUN = /^docker |certificates\.source=cert-manager/m;

/**
 * The pages on installing and operating are followed from nothing, command by command, as they stand in
 * the page; their Chinese sisters have the same commands. The nodes hold the image, so the registry
 * in its name is left out; what is set in ACK's console is not run.
 */
export async function guideIsFollowed(t: Test, lab: Lab): Promise<void> {
  const { plane } = lab;
  await symlink(dirname(CHART), join(plane.dir, 'charts'));
  for (const language of ['', '.zh']) {
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
  }
}

/** The blocks of commands of a page under docs/ that can be run here, in order. */
async function commandsOf(page: string): Promise<string[]> {
  const text = await readFile(join(REPOSITORY, 'docs', page), 'utf8');
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)]
    .map(([, block = '']) => block.replaceAll('<your registry>/', ''))
    .filter((block) => !NOT_RUN.test(block));
}
