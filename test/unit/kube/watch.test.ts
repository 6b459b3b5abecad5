import type { ServerResponse } from 'node:http';
import t from 'tap';
import { type WatchEvent, connect } from '../../../src/kube/api.ts';
import { misbehaving } from '../../support/misbehaving-api-server.ts';
import { closed, failureOf, json } from './answers.ts';

async function eventsOf(
  watch: AsyncIterable<WatchEvent<unknown>>,
  seen: unknown[] = [],
): Promise<unknown[]> {
  for await (const event of watch) seen.push(event);
  return seen;
}

t.test('a watch', async (t) => {
  await t.test('yields events however they are cut, until the server ends it', async (t) => {
    const events = [
      { type: 'ADDED', object: { name: 'größe' } },
      { type: 'BOOKMARK', object: {} },
    ];
    const bytes = Buffer.from(events.map((event) => JSON.stringify(event)).join('\n\n'));
    let url: string | undefined;
    const { kubeconfig, connections } = await misbehaving(t, (request, response) => {
      url = request.url;
      response.flushHeaders();
      const write = (at: number): void => {
        if (at >= bytes.length) response.end();
        else response.write(bytes.subarray(at, at + 1), () => setImmediate(write, at + 1));
      };
      write(0);
    });
    let opened = 0;
    const seen = await eventsOf(
      connect({ kubeconfig }).watch({
        path: '/api/v1/nodes',
        query: { resourceVersion: '7' },
        silenceMs: 20_000,
        signal: new AbortController().signal,
        opened: () => (opened += 1),
      }),
    );
    t.same(seen, events);
    t.equal(opened, 1);
    t.equal(url, '/api/v1/nodes?resourceVersion=7&watch=true');
    t.equal(await connections(), 1, 'it may be used again');
  });

  const watchOf = (kubeconfig: string, silenceMs = 20_000, stop = new AbortController()) =>
    connect({ kubeconfig }).watch({ path: '/api/v1/nodes', silenceMs, signal: stop.signal });

  await t.test('that is refused rejects with the reason', async (t) => {
    const status = { kind: 'Status', reason: 'Expired', message: 'too old resource version' };
    const { kubeconfig } = await misbehaving(t, json(410, status));
    t.match(await failureOf(eventsOf(watchOf(kubeconfig))), {
      status: 410,
      reason: 'Expired',
      message: 'GET /api/v1/nodes: too old resource version',
    });
  });

  await t.test('that breaks off rejects, after what came before', async (t) => {
    const { kubeconfig, connections } = await misbehaving(t, (_, response) => {
      response.write('{"type":"ADDED","object":{}}\n{"type":"ADD', () => response.destroy());
    });
    const seen: unknown[] = [];
    const failure = failureOf(eventsOf(watchOf(kubeconfig), seen));
    t.match(await failure, { status: undefined, reason: 'ECONNRESET' });
    t.same(seen, [{ type: 'ADDED', object: {} }]);
    await closed(connections);
  });

  await t.test('that is answered with a page rejects', async (t) => {
    const { kubeconfig } = await misbehaving(t, (_, response) => response.end('<html>\n'));
    t.match(await failureOf(eventsOf(watchOf(kubeconfig))), { reason: 'Unreadable' });
  });

  await t.test('that goes silent rejects: before the answer, and after an event', async (t) => {
    for (const handler of [
      () => undefined,
      (_: unknown, response: { write(text: string): void }) =>
        response.write('{"type":"BOOKMARK","object":{}}\n'),
      (_: unknown, response: ServerResponse) => {
        const trickle = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(trickle));
      },
    ]) {
      const { kubeconfig, connections } = await misbehaving(t, handler);
      t.match(await failureOf(eventsOf(watchOf(kubeconfig, 200))), {
        status: undefined,
        reason: 'Silent',
        message: 'GET /api/v1/nodes: no event for 200 ms',
      });
      await closed(connections);
    }
  });

  await t.test('that its reader leaves closes the connection', async (t) => {
    const { kubeconfig, connections } = await misbehaving(t, (_, response) => {
      response.write('{"type":"ADDED","object":{}}\n');
    });
    for await (const event of watchOf(kubeconfig)) {
      t.equal(event.type, 'ADDED');
      break;
    }
    await closed(connections);
    const stop = new AbortController();
    const failure = failureOf(
      (async () => {
        for await (const event of watchOf(kubeconfig, 20_000, stop)) {
          t.equal(event.type, 'ADDED');
          stop.abort();
        }
      })(),
    );
    t.match(await failure, { reason: 'Aborted' });
    await closed(connections);
  });
});
