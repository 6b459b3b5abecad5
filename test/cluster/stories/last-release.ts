import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import { parse } from 'yaml';

import { GUARD_IMAGE } from '../../support/image/archive.ts';
import { LAST_IMAGE, lastRelease } from '../../support/image/last-release.ts';
import { ask } from '../lab/api.ts';
import type { Lab } from '../lab/lab.ts';
import type { ConfigMap } from '../lab/objects.ts';
import { type Values, helm, install, untilSettled, upgrade } from '../lab/release.ts';
import { ReviewStream, UNNOTICED } from '../lab/review-stream.ts';

const imageOf = (name: string) => {
  const [repository = '', tag = ''] = name.split(':');
  return { repository, tag };
};
const CONFIG = '/api/v1/namespaces/kube-system/configmaps/eni-config-guard';

/** Keys of the configuration of the last release, each otherwise than by default. */
const CONFIGURATION = {
  restartGate: 'deny',
  firstEntry: 'documented',
  rules: { 'plugin-unknown': 'audit', 'key-unknown': 'off' },
  exempt: { users: ['ci'], groups: ['platform'] },
  server: { drainSeconds: 2 },
  facts: { source: 'cluster', refreshSeconds: 30 },
  breakGlass: { maxMinutes: 30 },
};

/** The release before this one is upgraded with all its values, while reviews flow; and comes back. */
export async function lastReleaseIsUpgraded(t: Test, lab: Lab): Promise<void> {
  const { plane } = lab;
  const { chart, archive } = await lastRelease();
  for (const worker of lab.workers) await worker.ctr('images', 'import', archive);
  const defaults = parse(await readFile(join(chart, 'values.yaml'), 'utf8')) as Values;
  const values = {
    ...defaults,
    config: { ...(defaults.config as object), ...CONFIGURATION },
    replicas: 2,
  };
  await install(lab, { ...values, image: imageOf(LAST_IMAGE) }, chart);
  t.same(await imagesOf(lab), [LAST_IMAGE, LAST_IMAGE]);
  const before = await configOf(lab);
  t.match(before, CONFIGURATION);

  const stream = await ReviewStream.start(t, plane);
  await upgrade(lab, { ...values, image: imageOf(GUARD_IMAGE) });
  await untilSettled(lab);
  t.same(await imagesOf(lab), [GUARD_IMAGE, GUARD_IMAGE]);
  t.match(await configOf(lab), before, 'the new guard runs by the same configuration');
  await helm(lab, ['rollback', 'eni-config-guard', '1', '--wait', '--timeout', '90s']);
  await untilSettled(lab);
  t.same(await imagesOf(lab), [LAST_IMAGE, LAST_IMAGE]);
  const { answered, ...rest } = await stream.stop();
  t.comment(`${answered} reviews during the upgrade and the way back`);
  t.ok(answered > 100, 'reviews flowed');
  t.same(rest, UNNOTICED);
}

const imagesOf = async (lab: Lab) =>
  (await lab.pods('webhook')).map(({ spec }) => spec?.containers[0]?.image);

async function configOf({ plane }: Lab): Promise<object> {
  const { data } = await ask<ConfigMap>(plane, 'GET', CONFIG);
  return parse(data?.['config.yaml'] ?? '') as object;
}
