import t from 'tap';
import { type WebhookOptions, validate } from '../../../src/admission/validate.ts';
import { mutate } from '../../../src/admission/mutate.ts';
import { eventOf } from '../../../src/audit/events.ts';
import { configMap } from '../../support/changes.ts';
import { BASE_VETH } from '../../support/config-maps.ts';
import { type ReviewOptions, reviewBody } from '../../support/reviews.ts';
import { WEBHOOK } from '../../support/running-app.ts';

const GOOD = { eni_conf: '{"max_pool_size": 10}' };
const pool = (options: ReviewOptions) => reviewBody({ name: 'pool-a', ...options });

/** A guard that is answered, and keeps what it asked. */
function asking(nodes: number, note?: { readonly reason: string; readonly until: string }) {
  const asked: string[] = [];
  const base = { ...configMap(BASE_VETH), ...(note && { breakGlass: note }) };
  const options: WebhookOptions = {
    ...WEBHOOK,
    overlays: {
      stored: async () => {
        asked.push('eni-config');
        return { configMap: base, uid: 'uid-of-eni-config' };
      },
      nodes: async (name) => {
        asked.push(`nodes of ${name}`);
        return { count: nodes, isOpen: false };
      },
    },
    breakGlass: {
      maxMinutes: 60,
      now: () => Date.UTC(2026, 0, 1),
      mayUse: async () => ({ granted: true }),
    },
  };
  return { options, asked };
}

t.test('an overlay is judged merged over eni-config, under its own name', async (t) => {
  const { options, asked } = asking(1);
  const data = { eni_conf: '{"max_pool_size": "10"}' };
  const outcome = await validate(pool({ operation: 'CREATE', data }), options);
  t.match(outcome.response, {
    allowed: false,
    status: {
      message: /^eni-config-guard refuses this change of kube-system\/pool-a: 1 problem\n/,
      details: { name: 'pool-a', causes: [{ field: 'data[eni_conf].max_pool_size' }] },
    },
  });
  t.notMatch(JSON.stringify(outcome.response), 'vsw-uf61q7examplea');
  t.same(asked, ['eni-config']);
  t.match(eventOf(outcome), {
    message: 'CREATE of pool-a by alice refused: field-type',
    objectUid: 'uid-of-eni-config',
  });
});

t.test('nodes are asked for when a write takes something away', async (t) => {
  const { options, asked } = asking(2);
  const removal = await validate(pool({ operation: 'DELETE', oldData: GOOD }), options);
  t.match(removal.response, { allowed: false, status: { message: /2 nodes carry the label/ } });
  t.same(asked, ['eni-config', 'nodes of pool-a']);
  const emptied = await validate(pool({ oldData: GOOD, data: { eni_conf: '' } }), options);
  t.match(emptied.response, { allowed: false });
  t.match(await validate(pool({ operation: 'DELETE', oldData: GOOD }), asking(0).options), {
    response: { allowed: true },
  });
});

t.test('without an answer nothing is refused for want of it', async (t) => {
  const broken = async () => Promise.reject(new Error('away'));
  for (const overlays of [undefined, { stored: broken, nodes: broken }]) {
    const options = { ...WEBHOOK, overlays };
    t.match(await validate(pool({ operation: 'DELETE', oldData: GOOD }), options), {
      response: { allowed: true, warnings: [/could not be found out/] },
    });
    const { response } = await validate(pool({ operation: 'CREATE', data: GOOD }), options);
    t.match(response, { allowed: true });
    t.match(response.warnings?.join('\n'), 'only this text by itself was judged');
  }
});

t.test('a note on eni-config covers it, and one of its own does not', async (t) => {
  const note = { reason: 'drill', until: '2026-01-01T00:30:00Z' };
  const write = {
    oldData: GOOD,
    data: { eni_conf: '[]' },
    annotations: {
      'eni-config-guard/bypass-reason': 'mine',
      'eni-config-guard/bypass-until': note.until,
    },
  };
  t.match(await validate(pool(write), asking(0).options), { response: { allowed: false } });
  const covered = await validate(pool(write), asking(0, note).options);
  t.match(covered, {
    response: { allowed: true },
    breakGlass: { status: 'used', reason: 'drill', remains: true },
  });
});

t.test('other ConfigMaps, and the same in other namespaces, are not looked at', async (t) => {
  const { options, asked } = asking(1);
  for (const review of [
    pool({ operation: 'CREATE', data: { other: '{' } }),
    pool({ operation: 'CREATE', data: { eni_conf: '{' }, namespace: 'default' }),
  ]) {
    t.match(await validate(review, options), { response: { allowed: true }, verdict: undefined });
  }
  t.same(asked, []);
});

t.test('nothing is added to an overlay', async (t) => {
  const body = pool({ operation: 'CREATE', data: GOOD });
  const { response } = await mutate(body, WEBHOOK);
  t.equal(response.allowed, true);
  t.equal(response.patch, undefined);
});
