import t from 'tap';
import { assertAllowed } from '../support/admission-answers.ts';
import { GOOD } from '../support/chain-updates.ts';
import { send } from '../support/https-client.ts';
import { startApp } from '../support/running-app.ts';

/** A server whose memory gets short, and one that gets none for a large body, which tells its caller and lives. */

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

t.test('each large body is told of once, and an ordinary one is not', async (t) => {
  let told = 0;
  const onLargeBody = () => void (told += 1);
  const saving = await startApp(t, { onLargeBody });
  await send(saving, '/validate', GOOD);
  t.equal(told, 0);
  for (const options of [{}, { chunked: true }]) await send(saving, '/validate', large, options);
  t.equal(told, 2);
});
