import { install, untilSettled } from '../lab/release.ts';
import { ReviewStream, UNNOTICED } from '../lab/review-stream.ts';
import type { Story } from './story.ts';

/** Rolling restarts under load fail no call. */
export function podsAreReplaced(restarts: number): Story {
  return async (t, lab) => {
    const { plane } = lab;
    // Longer than it takes here until the API server knows that a pod is ending.
    await install(lab, { config: { server: { drainSeconds: 2 } } });
    const stream = await ReviewStream.start(t, plane);
    const target = 'deployment/eni-config-guard -n kube-system';
    for (let done = 0; done < restarts; done += 1) {
      t.match(await plane.shell(`kubectl rollout restart ${target}`), { code: 0 });
      t.match(await plane.shell(`kubectl rollout status ${target} --timeout=90s`), { code: 0 });
    }
    await untilSettled(lab);
    const { answered, ...rest } = await stream.stop();
    t.comment(`${answered} reviews during ${restarts} rolling restarts`);
    t.ok(answered > restarts, 'reviews flowed');
    t.same(rest, UNNOTICED);
  };
}
