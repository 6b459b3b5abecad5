import { t } from 'tap';

import { startLab } from './lab/lab.ts';
import { enterLabNetwork } from './lab/network.ts';
import { install, storeUnguarded, untilSettled } from './lab/release.ts';
import { ReviewStream, UNNOTICED } from './lab/review-stream.ts';

t.setTimeout(400_000);
await enterLabNetwork();

const RESTARTS = 20;

t.test(`${RESTARTS} rolling restarts under load fail no call`, async (t) => {
  const lab = await startLab();
  t.teardown(() => lab.stop());
  const { plane } = lab;
  await storeUnguarded(lab);
  // Longer than it takes here until the API server knows that a pod is ending.
  await install(lab, { config: { server: { drainSeconds: 2 } } });
  const stream = await ReviewStream.start(plane);
  const target = 'deployment/eni-config-guard -n kube-system';
  for (let done = 0; done < RESTARTS; done += 1) {
    t.match(await plane.shell(`kubectl rollout restart ${target}`), { code: 0 });
    t.match(await plane.shell(`kubectl rollout status ${target} --timeout=60s`), { code: 0 });
  }
  await untilSettled(lab);
  const { answered, ...rest } = await stream.stop();
  t.comment(`${answered} reviews during ${RESTARTS} rolling restarts`);
  t.ok(answered > RESTARTS, 'reviews flowed');
  t.same(rest, UNNOTICED);
});
