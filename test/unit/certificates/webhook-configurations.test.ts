import t from 'tap';
import type { WebhookConfiguration } from '../../../src/certificates/ports.ts';
import { webhookConfigurations } from '../../../src/certificates/webhook-configurations.ts';
import { FAILURES, answeringApi } from '../../support/answering-api.ts';

const BASE = '/apis/admissionregistration.k8s.io/v1';
const MUTATING = `${BASE}/mutatingwebhookconfigurations/eni-config-guard`;
const VALIDATING = `${BASE}/validatingwebhookconfigurations/eni-config-guard`;
const timeoutMs = 5000;
const base64 = (text: string) => Buffer.from(text).toString('base64');

const object = (uid: string, ...clientConfigs: readonly object[]) => ({
  metadata: { uid, resourceVersion: '7' },
  webhooks: clientConfigs.map((clientConfig, index) => ({ name: `w${index}`, clientConfig })),
});

const read = async (...answers: readonly unknown[]) => {
  const { api, calls } = answeringApi(...answers);
  return { configurations: await webhookConfigurations(api).read(), calls };
};

t.test('both configurations are read by name, and what each webhook trusts', async (t) => {
  const service = { name: 'guard', namespace: 'network', path: '/validate/x' };
  const { configurations, calls } = await read(
    object('m', { service, caBundle: base64('PEM') }),
    object('v', { url: 'https://[::1]:8443/validate' }, { url: 'https://guard.example/x' }, {}),
  );
  t.same(calls, [
    { method: 'GET', path: MUTATING, timeoutMs },
    { method: 'GET', path: VALIDATING, timeoutMs },
  ]);
  t.same(configurations, [
    {
      resource: 'mutatingwebhookconfiguration',
      uid: 'm',
      version: '7',
      webhooks: [{ name: 'w0', host: 'guard.network.svc', path: '/validate/x', caBundle: 'PEM' }],
    },
    {
      resource: 'validatingwebhookconfiguration',
      uid: 'v',
      version: '7',
      webhooks: [
        { name: 'w0', host: '::1', path: '/validate', caBundle: '' },
        { name: 'w1', host: 'guard.example', path: '/x', caBundle: '' },
        { name: 'w2', host: '', path: '/', caBundle: '' },
      ],
    },
  ]);
});

t.test('one that does not exist is left out; one that cannot be read is a failure', async (t) => {
  const one = { metadata: { uid: 'v', resourceVersion: '7' } };
  t.same((await read(FAILURES.notFound, one)).configurations, [
    { resource: 'validatingwebhookconfiguration', uid: 'v', version: '7', webhooks: [] },
  ]);
  t.same((await read(FAILURES.notFound)).configurations, []);
  for (const failure of [FAILURES.forbidden, FAILURES.timeout]) {
    await t.rejects(read(one, failure), failure);
  }
});

const CONFIGURATION: WebhookConfiguration = {
  resource: 'validatingwebhookconfiguration',
  uid: 'v',
  version: '7',
  webhooks: [
    { name: 'w0', host: 'a', path: '/', caBundle: '' },
    { name: 'w1', host: 'a', path: '/', caBundle: 'old' },
  ],
};

t.test('caBundle is applied to every webhook of the very object that was read', async (t) => {
  const { api, calls } = answeringApi({});
  t.equal(await webhookConfigurations(api).writeBundle(CONFIGURATION, 'PEM'), true);
  const clientConfig = { caBundle: base64('PEM') };
  t.same(calls, [
    {
      method: 'PATCH',
      path: VALIDATING,
      query: { fieldManager: 'eni-config-guard', force: 'true' },
      contentType: 'application/apply-patch+yaml',
      body: {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
        metadata: { name: 'eni-config-guard', uid: 'v', resourceVersion: '7' },
        webhooks: [
          { name: 'w0', clientConfig },
          { name: 'w1', clientConfig },
        ],
      },
      timeoutMs,
    },
  ]);
});

t.test('an object that has changed or is another one is left alone', async (t) => {
  const write = async (failure: Error) =>
    webhookConfigurations(answeringApi(failure).api).writeBundle(CONFIGURATION, 'PEM');
  t.equal(await write(FAILURES.conflict), false);
  for (const failure of [FAILURES.forbidden, FAILURES.broken, FAILURES.timeout]) {
    await t.rejects(write(failure), failure);
  }
});
