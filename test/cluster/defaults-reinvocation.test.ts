import { t } from 'tap';

import {
  BASE_VENDOR,
  PORTMAP,
  VENDOR_CONF,
  conflist,
  withConflist,
} from '../support/config-maps.ts';
import { type MutatingWebhook, startMutatingWebhook } from '../support/mutating-webhook.ts';
import type { AuditEvent } from './controlplane/audit.ts';
import { Transcript } from './controlplane/transcript.ts';
import { waitFor } from '../support/wait.ts';
import { pasteConflist } from './edit-steps.ts';
import { startGuardedCluster } from './guarded-cluster.ts';
import { CONFIGURATION_NAME, WEBHOOK_NAMES, webhookConfigurations } from './webhooks.ts';

/** The mutator among other mutating webhooks, and when it is not there. */

const EFFECT_TIMEOUT_MS = 10_000;
const REGISTRATIONS = '/apis/admissionregistration.k8s.io/v1';
const MUTATION = 'mutation.webhook.admission.k8s.io';

const MARKING = { externalSetMarkChain: 'KUBE-MARK-MASQ' };
/** A chain as a person writes it, and the same with the default. */
const CHAIN = conflist([VENDOR_CONF, PORTMAP]);
const CHAIN_WITH_DEFAULT = conflist([VENDOR_CONF, { ...PORTMAP, ...MARKING }]);

const pluginsOf = (text: string) => (JSON.parse(text) as { readonly plugins: object[] }).plugins;

interface Rewriting {
  readonly written: string;
  readonly rewrite: (conflist: string) => string;
  readonly stored: string;
  /** Whether the guard had something to add, at each of its calls. */
  readonly mutated: readonly boolean[];
}

/** What another mutating webhook does to the chain after the guard has seen it. */
const REWRITINGS: Readonly<Record<string, Rewriting>> = {
  'appends an entry of portmap': {
    written: conflist([VENDOR_CONF]),
    rewrite: (text) => conflist([...pluginsOf(text), PORTMAP]),
    stored: CHAIN_WITH_DEFAULT,
    mutated: [false, true],
  },
  'appends a second entry of portmap': {
    written: CHAIN,
    rewrite: (text) => conflist([...pluginsOf(text), PORTMAP]),
    stored: conflist([VENDOR_CONF, { ...PORTMAP, ...MARKING }, { ...PORTMAP, ...MARKING }]),
    mutated: [true, true],
  },
  'writes the chain in a style of its own': {
    written: CHAIN,
    rewrite: (text) => conflist(pluginsOf(text), null),
    stored: conflist([VENDOR_CONF, { ...PORTMAP, ...MARKING }], null),
    mutated: [true, false],
  },
  'takes the default out again': {
    written: CHAIN,
    rewrite: () => CHAIN,
    stored: CHAIN_WITH_DEFAULT,
    mutated: [true, true],
  },
};

t.test('the mutator', async (t) => {
  const cluster = await startGuardedCluster({
    facts: { terwayVersion: '1.15.2', pluginVersions: { portmap: '1.7.1' }, kubeProxyMode: 'ipvs' },
  });
  t.teardown(() => cluster.stop());
  const { plane, guard } = cluster;

  /** A request to the API server that must succeed. */
  const send = async (method: string, path: string, body?: unknown) => {
    const response = await plane.raw(method, path, body);
    if (response.status >= 300) throw new Error(`${method} ${path}: ${response.body}`);
  };

  const auditEvent = async (what: string, isIt: (event: AuditEvent) => boolean) =>
    waitFor(what, EFFECT_TIMEOUT_MS, async () => (await plane.auditEvents()).find(isIt));

  /** Has the API server ask this webhook after the guard; resolves when it does. */
  const askAfterTheGuard = async (webhook: MutatingWebhook) => {
    const { mutating } = webhookConfigurations(webhook);
    const [like] = mutating.webhooks;
    // The API server asks in the order of the configurations' names.
    const metadata = { name: `z-after-${CONFIGURATION_NAME}` };
    const later = { ...like, name: 'later.mutator.test', reinvocationPolicy: 'Never' };
    const path = `${REGISTRATIONS}/mutatingwebhookconfigurations`;
    await send('POST', path, { ...mutating, metadata, webhooks: [later] });
    await waitFor('the other webhook to take effect', EFFECT_TIMEOUT_MS, async () => {
      await cluster.probe();
      return webhook.calls() > 0 ? true : undefined;
    });
    return async () => send('DELETE', `${path}/${metadata.name}`);
  };

  let writes = 0;
  for (const [what, { written, rewrite, stored, mutated }] of Object.entries(REWRITINGS)) {
    await t.test(`is asked again after a webhook that ${what}: the default once`, async (t) => {
      await cluster.store(BASE_VENDOR);
      const webhook = await startMutatingWebhook(rewrite);
      t.teardown(() => webhook.stop());
      t.teardown(await askAfterTheGuard(webhook));
      const body = { data: { '10-terway.conflist': written } };
      await cluster.file('chain.json', JSON.stringify(body));

      const before = { guard: (await guard.reviews()).mutate, other: webhook.calls() };
      writes += 1;
      const manager = `writer-${writes}`;
      const patch = 'kubectl patch cm eni-config -n kube-system --patch-file chain.json';
      const { code, stderr } = await plane.shell(`${patch} --field-manager=${manager}`);
      t.equal(code, 0, stderr);
      t.same(await cluster.stored(), withConflist(BASE_VENDOR, stored));
      t.equal((await guard.reviews()).mutate - before.guard, 2, 'the guard is asked twice');
      t.equal(webhook.calls() - before.other, 1, 'the other one once');

      const { annotations } = await auditEvent(
        `the write of ${manager}`,
        ({ verb, requestURI }) => verb === 'patch' && requestURI.includes(manager),
      );
      const rounds = mutated.map((_, round) => annotations?.[`${MUTATION}/round_${round}_index_0`]);
      t.same(
        rounds.map((note) => JSON.parse(note ?? 'null') as unknown),
        mutated.map((added) => ({
          configuration: CONFIGURATION_NAME,
          webhook: WEBHOOK_NAMES.mutate,
          mutated: added,
        })),
      );
    });
  }

  await t.test('when dead and alone lets an edit pass unchanged, without a word', async (t) => {
    await cluster.store(BASE_VENDOR);
    await guard.kill();
    t.teardown(async () => {
      await guard.restart();
      await cluster.register();
    });
    await send('DELETE', `${REGISTRATIONS}/validatingwebhookconfigurations/${CONFIGURATION_NAME}`);
    await cluster.untilFree();

    const transcript = new Transcript();
    const edit = await cluster.edit(transcript, [pasteConflist(CHAIN)]);
    t.match(edit, { code: 0, stdout: 'configmap/eni-config edited\n', stderr: '' });
    t.same(await cluster.stored(), withConflist(BASE_VENDOR, CHAIN));
    await transcript.matchesGolden(t, 'defaults-guard-down');

    const passedBy = `failed-open.${MUTATION}/round_0_index_0`;
    await auditEvent(
      'the edit in the audit log',
      ({ verb, annotations }) =>
        verb === 'patch' && annotations?.[passedBy] === WEBHOOK_NAMES.mutate,
    );
  });
});
