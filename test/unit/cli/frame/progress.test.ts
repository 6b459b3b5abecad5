import { mock } from 'node:test';
import t from 'tap';
import { progressBar, showProgress } from '../../../../src/cli/frame/progress.ts';

function screen(isTTY: boolean) {
  let shown = '';
  const write = (text: string) => {
    shown += text;
    return true;
  };
  return {
    stderr: { isTTY, write } as Pick<NodeJS.WriteStream, 'isTTY' | 'write'>,
    shown: () => shown,
  };
}

t.test('a terminal shows how far it has come, from a second on, in one line', async (t) => {
  mock.timers.enable({ apis: ['setInterval'] });
  t.teardown(() => mock.timers.reset());
  const { stderr, shown } = screen(true);
  let done = 0;
  const end = showProgress(() => `${done} nodes`, { stderr });
  mock.timers.tick(999);
  t.equal(shown(), '');
  for (done of [3, 7]) mock.timers.tick(1000);
  t.equal(shown(), '\r\u001b[K3 nodes\r\u001b[K7 nodes');
  end();
  mock.timers.tick(5000);
  t.equal(shown(), '\r\u001b[K3 nodes\r\u001b[K7 nodes\r\u001b[K', 'the line is empty again');
});

t.test('nothing is shown elsewhere', async (t) => {
  mock.timers.enable({ apis: ['setInterval'] });
  t.teardown(() => mock.timers.reset());
  const { stderr, shown } = screen(false);
  const end = showProgress(() => 'x', { stderr });
  mock.timers.tick(5000);
  end();
  t.equal(shown(), '');
});

t.test('a bar tells the share', async (t) => {
  t.equal(progressBar(0, 1000), '[>                   ]   0%');
  t.equal(progressBar(290, 1000), '[=====>              ]  29%');
  t.equal(progressBar(999, 1000), '[===================>]  99%');
  t.equal(progressBar(1000, 1000), '[====================] 100%');
  t.equal(progressBar(0, 0), '[====================] 100%');
});
