import { t } from 'tap';
import type { Test } from 'tap';

import { enterLab } from '../lab/enter.ts';
import { startLab } from '../lab/lab.ts';
import type { Lab, LabOptions } from '../lab/lab.ts';
import { clear } from '../lab/release.ts';

/**
 * What happens to a guard that is installed in a lab. The lab is as it was started when a story begins;
 * a story need not remove the release that it has installed.
 */
export type Story = (t: Test, lab: Lab) => Promise<void>;

/** Tells stories by name, one after the other in one lab: to start one takes half a minute. */
export async function tell(
  stories: Readonly<Record<string, Story>>,
  options: LabOptions = {},
): Promise<void> {
  await enterLab(options);
  const started = performance.now();
  const lab = await startLab(options);
  t.teardown(() => lab.stop());
  const seconds = (performance.now() - started) / 1000;
  t.comment(`the lab was ready after ${seconds.toFixed(0)} s`);
  for (const [name, story] of Object.entries(stories)) {
    t.test(name, async (t) => {
      await story(t, lab);
      await clear(lab);
    });
  }
}
