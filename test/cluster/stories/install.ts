import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';

import type { Lab } from '../lab/lab.ts';

import { GUARD_IMAGE } from '../../support/image/archive.ts';
import {
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../support/config-maps.ts';
import { Transcript } from '../controlplane/transcript.ts';
import { manifest } from '../guarded-cluster.ts';
import { ask } from '../lab/api.ts';
import { inventory } from '../lab/inventory.ts';
import { CHART, helm, install, untilPodsAreGone, upgrade } from '../lab/release.ts';
import { ReviewStream, UNNOTICED } from '../lab/review-stream.ts';
import { configurationPath } from '../webhooks.ts';

const CONFIGURATIONS = (['validating', 'mutating'] as const).map(configurationPath);
const DEPLOYMENT = '/apis/apps/v1/namespaces/kube-system/deployments/eni-config-guard';
const FORMER_VERSION = '0.0.1';
const FORMER_IMAGE = GUARD_IMAGE.replace(/:.*/, `:${FORMER_VERSION}`);
const chain = (portmap: object) => conflist([VETH_CONF, { ...PORTMAP, ...portmap }]);

interface Configuration {
  readonly webhooks: readonly {
    readonly clientConfig: {
      readonly caBundle?: string;
      readonly service?: { readonly path?: string };
    };
  }[];
}

/** The life of a release: installed, tested, upgraded, rolled back, uninstalled. */
export async function chartIsInstalled(t: Test, lab: Lab): Promise<void> {
  const { plane } = lab;
  const good = chain({ externalSetMarkChain: 'KUBE-MARK-MASQ' });
  const bad = chain({ type: 'portmapp' });
  for (const [name, text] of Object.entries({ good, bad })) {
    await writeFile(join(plane.dir, `${name}.yaml`), manifest(withConflist(BASE_VETH, text)));
  }
  const before = await inventory(plane);

  await t.test('is installed without any value, and the guard judges', async (t) => {
    await install(lab);
    t.equal((await lab.pods('webhook')).length, 2);
    for (const path of CONFIGURATIONS) {
      const { webhooks } = await ask<Configuration>(plane, 'GET', path);
      for (const { clientConfig } of webhooks) t.type(clientConfig.caBundle, 'string', path);
    }
    const chartSays = await helm(lab, ['get', 'manifest', 'eni-config-guard']);
    t.notOk(/^\s*caBundle:/m.test(chartSays), 'the chart itself writes no caBundle');
    const transcript = new Transcript();
    for (const [line, code] of [
      ['kubectl apply --dry-run=server -f good.yaml', 0],
      ['kubectl apply --dry-run=server -f bad.yaml', 1],
    ] as const) {
      const output = await plane.shell(line);
      transcript.add(line, output);
      t.equal(output.code, code, output.stderr);
    }
    await transcript.matchesGolden(t, 'installed');
  });

  await t.test('is upgraded with other values while reviews flow', async (t) => {
    const stream = await ReviewStream.start(t, plane);
    await upgrade(lab, { config: { server: { drainSeconds: 2 }, restartGate: 'deny' } });
    const { answered, ...rest } = await stream.stop();
    t.comment(`${answered} reviews during the upgrade`);
    t.ok(answered > 0);
    t.same(rest, UNNOTICED);
  });

  await t.test(
    'changes the paths of its webhooks in two upgrades while reviews flow',
    async (t) => {
      const pathOf = async () => {
        const { webhooks } = await ask<Configuration>(plane, 'GET', CONFIGURATIONS[0] ?? '');
        return webhooks[0]?.clientConfig.service?.path ?? '';
      };
      const old = (await pathOf()).split('/').at(-1) ?? '';
      const stream = await ReviewStream.start(t, plane);
      for (const pathTokens of [
        [old, 'new'],
        ['new', old],
      ]) {
        await upgrade(lab, { config: { server: { drainSeconds: 2 } }, pathTokens });
      }
      t.equal(await pathOf(), '/validate/new');
      const { answered, ...rest } = await stream.stop();
      t.ok(answered > 0, `${answered} reviews during the upgrades`);
      t.same(rest, UNNOTICED);
    },
  );

  await t.test('is rolled back while reviews flow', async (t) => {
    const stream = await ReviewStream.start(t, plane);
    await helm(lab, ['rollback', 'eni-config-guard', '1', '--wait', '--timeout', '90s']);
    const { answered, ...rest } = await stream.stop();
    t.comment(`${answered} reviews during the rollback`);
    t.ok(answered > 0);
    t.same(rest, UNNOTICED);
    t.match(await helm(lab, ['get', 'manifest', 'eni-config-guard']), /drainSeconds: 10/);
  });

  await t.test('is uninstalled with no failed call, and nothing is left', async (t) => {
    const stream = await ReviewStream.start(t, plane);
    await helm(lab, ['uninstall', 'eni-config-guard', '--wait', '--timeout', '60s']);
    await untilPodsAreGone(lab);
    const { answered, failed, passedOver, unanswered } = await stream.stop();
    t.comment(`${answered} writes during the removal`);
    t.ok(answered > 0);
    t.same({ failed, passedOver, unanswered }, { failed: [], passedOver: 0, unanswered: 0 });
    t.same(await inventory(plane), before);
  });

  await t.test('is upgraded from a copy of itself with a lower version', async (t) => {
    const former = await formerChart(plane.dir);
    for (const worker of lab.workers) await worker.tagImage(GUARD_IMAGE, FORMER_IMAGE);
    await install(lab, { config: { server: { drainSeconds: 2 } } }, former);
    const secret = await caSecret();
    const stream = await ReviewStream.start(t, plane);
    await upgrade(lab, { config: { server: { drainSeconds: 2 } } });
    const { answered, ...rest } = await stream.stop();
    t.comment(`${answered} reviews during the upgrade`);
    t.ok(answered > 0);
    t.same(rest, UNNOTICED);
    t.equal(await caSecret(), secret, 'the CA is the same');
    t.notMatch(JSON.stringify(await ask(plane, 'GET', DEPLOYMENT)), FORMER_IMAGE);
  });

  async function caSecret(): Promise<string | undefined> {
    const path = '/api/v1/namespaces/kube-system/secrets/eni-config-guard-ca';
    const { data } = await ask<{ data?: Record<string, string> }>(plane, 'GET', path);
    return data?.['tls.crt'];
  }
}

/** There is no former release yet: a copy of the chart with a lower version is upgraded from. */
async function formerChart(dir: string): Promise<string> {
  const copy = join(dir, 'former-chart');
  await cp(CHART, copy, { recursive: true });
  const file = join(copy, 'Chart.yaml');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/^(version|appVersion): .*$/gm, `$1: '${FORMER_VERSION}'`));
  return copy;
}
