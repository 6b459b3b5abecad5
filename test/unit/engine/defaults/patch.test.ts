import t from 'tap';
import {
  BASE_VENDOR,
  type Data,
  PORTMAP,
  VENDOR_CONF,
  conflist,
  withConflist,
} from '../../../support/config-maps.ts';
import { assertAllowed } from '../../../support/admission-answers.ts';
import { send } from '../../../support/https-client.ts';
import { webhookOf, mutateReview, operationsOf, switchedOn } from '../../../support/mutations.ts';
import { UID, reviewBody, reviewObject } from '../../../support/reviews.ts';
import { startApp } from '../../../support/running-app.ts';

/** The answer of `POST /mutate` itself: the patch, and what becomes of the object. */

const CHAIN = conflist([VENDOR_CONF, PORTMAP]);
const CHAIN_WITH_DEFAULT = conflist([
  VENDOR_CONF,
  { ...PORTMAP, externalSetMarkChain: 'KUBE-MARK-MASQ' },
]);
const EDIT = { oldData: BASE_VENDOR, data: withConflist(BASE_VENDOR, CHAIN) };

t.test('POST /mutate answers with a JSON Patch in base64', async (t) => {
  const server = await startApp(t, { webhook: webhookOf() });
  const answer = await send(server, '/mutate?timeout=3s', reviewBody(EDIT));
  const response = assertAllowed(t, answer);
  t.equal(response.uid, UID);
  t.equal(response.patchType, 'JSONPatch');
  t.equal(Buffer.from(response.patch!, 'base64').toString('base64'), response.patch);
  t.same(operationsOf(response), [
    { op: 'replace', path: '/data/10-terway.conflist', value: CHAIN_WITH_DEFAULT },
  ]);
});

t.test('POST /mutate has neither patch nor patchType when nothing is to be added', async (t) => {
  const server = await startApp(t, { webhook: webhookOf() });
  const data = withConflist(BASE_VENDOR, CHAIN_WITH_DEFAULT);
  const answer = await send(server, '/mutate', reviewBody({ ...EDIT, data }));
  t.same(assertAllowed(t, answer), { uid: UID, allowed: true });
});

t.test('there is one operation however many defaults are added, and never a test', async (t) => {
  const data = withConflist(BASE_VENDOR, conflist([VENDOR_CONF, { type: 'portmap' }]));
  const defaults = switchedOn(['externalSetMarkChain', 'portMappings']);
  const { operations } = await mutateReview(
    reviewObject({ ...EDIT, data }),
    webhookOf({ defaults }),
  );
  t.match(operations, [{ op: 'replace', path: '/data/10-terway.conflist' }]);
  t.equal(operations.length, 1);
});

t.test('of the object nothing changes but the text of the chain', async (t) => {
  const body = reviewObject(EDIT);
  const { object } = await mutateReview(body, webhookOf());
  t.same(object, { ...body.request.object, data: withConflist(BASE_VENDOR, CHAIN_WITH_DEFAULT) });
});

t.test('a create gets the defaults as an update does', async (t) => {
  const { object } = await mutateReview(
    reviewObject({ operation: 'CREATE', data: EDIT.data }),
    webhookOf(),
  );
  t.equal((object as { data: Data }).data['10-terway.conflist'], CHAIN_WITH_DEFAULT);
});

t.test('a dry run is answered as the write would be', async (t) => {
  const real = await mutateReview(reviewObject(EDIT), webhookOf());
  const dry = await mutateReview(reviewObject({ ...EDIT, dryRun: true }), webhookOf());
  t.same(dry, real);
});

t.test(
  'the audit log is told which defaults were added, and no text of the document',
  async (t) => {
    const data = withConflist(BASE_VENDOR, conflist([VENDOR_CONF, { type: 'portmap' }]));
    const defaults = switchedOn(['externalSetMarkChain', 'portMappings']);
    const { response } = await mutateReview(
      reviewObject({ ...EDIT, data }),
      webhookOf({ defaults }),
    );
    t.same(response.auditAnnotations, {
      injected: 'portmap.externalSetMarkChain,portmap.portMappings',
    });
  },
);
