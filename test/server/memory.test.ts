import t from 'tap';
import { assertAllowed } from '../support/admission-answers.ts';
import { GOOD } from '../support/chain-updates.ts';
import { send } from '../support/https-client.ts';
import { startApp } from '../support/running-app.ts';

/** A server that gets no memory for a large body tells its caller, and lives. */

const server = await startApp(t);
const large = GOOD + ' '.repeat(1024 * 1024);

t.test('no memory for a body, for a while', async (t) => {
  assertAllowed(t, await send(server, '/validate', large));
  const withoutMemory = t.capture(ArrayBuffer.prototype, 'resize', (length) => {
    if (length > 0) throw new RangeError('stands for a kernel that gives no memory');
  });
  const answer = await send(server, '/validate', large);
  t.match(answer, { status: 503, body: /^too many large bodies/ });
  assertAllowed(t, await send(server, '/validate', GOOD));
  withoutMemory.restore();
  assertAllowed(t, await send(server, '/validate', large));
});
