import t from 'tap';
import type { BreakGlassOptions } from '../../../src/admission/break-glass.ts';
import { mutate } from '../../../src/admission/mutate.ts';
import { type WebhookOptions, validate } from '../../../src/admission/validate.ts';
import type { Access } from '../../../src/engine/core/break-glass.ts';
import type { User } from '../../../src/engine/core/eni-config.ts';
import { type Facts, NO_FACTS } from '../../../src/engine/core/facts.ts';
import { DEFAULT_POLICY } from '../../../src/engine/core/policy.ts';
import { review } from '../../../src/engine/rules/index.ts';
import { BASE_VETH, GOOD, VETH_CONF, conflist, withConflist } from '../../support/config-maps.ts';
import { known, knownVersion } from '../../support/facts.ts';
import { type ReviewOptions, reviewBody } from '../../support/reviews.ts';
import { WEBHOOK } from '../../support/running-app.ts';

const NOW = Date.parse('2026-01-31T12:00:00Z');
const REASON = 'eni-config-guard/bypass-reason';
const UNTIL = 'eni-config-guard/bypass-until';
const NOTE = { [REASON]: 'ticket 4711', [UNTIL]: '2026-01-31T13:00:00Z' };
const EXPIRED = { ...NOTE, [UNTIL]: '2026-01-31T11:00:00Z' };

const BROKEN = withConflist(BASE_VETH, conflist([VETH_CONF, { type: 'portmapp' }]));
const EDIT: ReviewOptions = { oldData: GOOD, data: BROKEN };
const NO_EDIT: ReviewOptions = { oldData: GOOD, data: GOOD };

const GRANTED: Access = { granted: true };
const DENIED: Access = { granted: false };

/** A webhook whose API server gives this answer, and the questions it was asked. */
function webhookWith(access: Access | Error, more: Partial<WebhookOptions> = {}) {
  const asked: User[] = [];
  const breakGlass: BreakGlassOptions = {
    maxMinutes: 240,
    now: () => NOW,
    mayUse: async (user) => {
      asked.push(user);
      if (access instanceof Error) throw access;
      return access;
    },
  };
  const facts: Facts = {
    ...NO_FACTS,
    terway: knownVersion('1.15.2'),
    kubeProxyMode: known('ipvs'),
  };
  const webhook: WebhookOptions = {
    ...WEBHOOK,
    facts: () => facts,
    breakGlass,
    ...more,
  };
  return { webhook, asked };
}

/** What a write with these annotations comes to, and how often the API server was asked. */
async function outcomeOf(
  access: Access | Error,
  options: ReviewOptions,
  more?: Partial<WebhookOptions>,
) {
  const { webhook, asked } = webhookWith(access, more);
  const outcome = await validate(reviewBody(options), webhook);
  const { response } = outcome;
  return {
    ...outcome,
    allowed: response.allowed,
    rules: response.auditAnnotations?.rules?.split(',') ?? [],
    message: (response.status?.message ?? '').replace(/\s+/g, ' '),
    warnings: response.warnings ?? [],
    annotations: response.auditAnnotations ?? {},
    asked,
  };
}

t.test('what would be refused is let through with warnings, and marked', async (t) => {
  const { allowed, warnings, annotations, verdict, asked } = await outcomeOf(GRANTED, {
    ...EDIT,
    annotations: NOTE,
  });
  t.equal(allowed, true);
  t.match(
    warnings[0],
    /break-glass used, open until 2026-01-31T13:00:00Z; remove it with: kubectl/,
  );
  t.match(warnings[0], /bypass-reason- \(bypass-open\)$/, 'not cut');
  t.match(warnings[1], /^would be refused: .*: line 13: there is no plugin "portmapp"/);
  t.same(verdict?.exemption, {
    source: 'break-glass',
    reason: 'ticket 4711',
    until: '2026-01-31T13:00:00Z',
  });
  t.match(annotations, {
    verdict: 'allow',
    exemption: 'break-glass until 2026-01-31T13:00:00Z: ticket 4711',
    rules: /^bypass-open,plugin-typo,/,
  });
  t.match(
    verdict?.findings.find(({ rule }) => rule === 'plugin-typo'),
    {
      severity: 'warn',
      baseSeverity: 'deny',
    },
  );
  t.same(asked, [{ name: 'alice', groups: ['devs', 'system:authenticated'] }]);
});

t.test('a write is reviewed once, however it is decided', async (t) => {
  const policies: Partial<WebhookOptions>[] = [
    {},
    { policy: { ...DEFAULT_POLICY, mode: 'warn' } },
    { policy: { ...DEFAULT_POLICY, exempt: { users: new Set(['alice']), groups: new Set() } } },
  ];
  for (const options of policies) {
    for (const annotations of [{}, NOTE]) {
      let reviews = 0;
      const counted: typeof review = (...call) => {
        reviews += 1;
        return review(...call);
      };
      const write = { ...EDIT, annotations };
      const { rules } = await outcomeOf(GRANTED, write, { ...options, review: counted });
      t.ok(rules.includes('plugin-typo'));
      t.equal(reviews, 1, JSON.stringify([options.policy?.mode, annotations]));
    }
  }
});

t.test('the question is about the whole identity, as the authenticator told it', async (t) => {
  const { webhook, asked } = webhookWith(GRANTED);
  const body = JSON.parse(reviewBody({ ...EDIT, annotations: NOTE })) as {
    request: { userInfo: object };
  };
  const extra = { 'authentication.kubernetes.io/credential-id': ['JTI=1'] };
  body.request.userInfo = { username: 'bob', uid: 'u-1', groups: ['ops'], extra };
  await validate(JSON.stringify(body), webhook);
  t.same(asked, [{ name: 'bob', uid: 'u-1', groups: ['ops'], extra }]);
});

t.test(
  'every operation: annotations of the new object, for a DELETE of the stored one',
  async (t) => {
    const writes: [name: string, options: ReviewOptions, allowed: boolean][] = [
      ['CREATE', { operation: 'CREATE', data: BROKEN, annotations: NOTE }, true],
      ['UPDATE that brings both', { ...EDIT, annotations: NOTE }, true],
      [
        'UPDATE under a note that stands',
        { ...EDIT, oldAnnotations: NOTE, annotations: NOTE },
        true,
      ],
      ['UPDATE without the stored note', { ...EDIT, oldAnnotations: NOTE }, true],
      ['UPDATE without a stored note that expired', { ...EDIT, oldAnnotations: EXPIRED }, false],
      [
        'UPDATE that keeps one half of the note',
        { ...EDIT, oldAnnotations: NOTE, annotations: { [UNTIL]: NOTE[UNTIL] } },
        false,
      ],
      ['DELETE', { operation: 'DELETE', oldData: GOOD, oldAnnotations: NOTE }, true],
      ['DELETE without a note', { operation: 'DELETE', oldData: GOOD }, false],
      ['dry run', { ...EDIT, annotations: NOTE, dryRun: true }, true],
    ];
    for (const [name, options, allowed] of writes) {
      t.equal((await outcomeOf(GRANTED, options)).allowed, allowed, name);
    }
  },
);

t.test('a write from an old backup is covered by the stored note, for the last time', async (t) => {
  const { warnings, annotations } = await outcomeOf(GRANTED, { ...EDIT, oldAnnotations: NOTE });
  t.match(warnings[0], /break-glass used for the last time: .* the next one is judged again/);
  t.match(warnings[1], /^would be refused: .*there is no plugin "portmapp"/);
  t.match(annotations, { exemption: 'break-glass until 2026-01-31T13:00:00Z: ticket 4711' });
  const refused = await outcomeOf(DENIED, { ...EDIT, oldAnnotations: NOTE });
  t.equal(refused.allowed, false, 'only for those who hold the right');
  t.notOk(refused.rules.includes('bypass-refused'), 'others did not ask for it');
  const harmless = await outcomeOf(GRANTED, { ...NO_EDIT, oldAnnotations: NOTE });
  t.same([harmless.allowed, harmless.asked], [true, []], 'a write that closes it asks nothing');
});

t.test('without the right a write is refused for what it is, and for the claim', async (t) => {
  for (const oldAnnotations of [{}, NOTE]) {
    const found = await outcomeOf(DENIED, { ...EDIT, oldAnnotations, annotations: NOTE });
    t.match(found, { allowed: false, rules: ['bypass-refused', 'plugin-typo'] });
    t.match(found.message, /alice may not "bypass" configmaps\/eni-config in kube-system/);
    t.equal(found.verdict?.exemption, undefined);
  }
});

t.test(
  'setting a request without the right is refused, though nothing else is wrong',
  async (t) => {
    const claims: [name: string, oldAnnotations: object, annotations: Record<string, string>][] = [
      ['both', {}, NOTE],
      ['prolonged', NOTE, { ...NOTE, [UNTIL]: '2026-01-31T14:00:00Z' }],
      ['another reason', NOTE, { ...NOTE, [REASON]: 'because' }],
    ];
    for (const [name, oldAnnotations, annotations] of claims) {
      const options = { ...NO_EDIT, oldAnnotations, annotations } as ReviewOptions;
      t.match(
        await outcomeOf(DENIED, options),
        { allowed: false, rules: ['bypass-refused'] },
        name,
      );
      t.match(
        await outcomeOf(GRANTED, options),
        { allowed: true, rules: ['bypass-open'], warnings: [/break-glass set, open until/] },
        `${name}, with the right`,
      );
      const { verdict } = await outcomeOf(GRANTED, options);
      t.equal(verdict?.exemption, undefined, `${name}: setting is no use`);
    }
  },
);

t.test('a note that counts for nothing is refused when set, without a question', async (t) => {
  const notes: [annotations: Record<string, string>, message: RegExp][] = [
    [EXPIRED, /it expired at 2026-01-31T11:00:00Z/],
    [{ [REASON]: 'a' }, /there is no end/],
    [{ [UNTIL]: NOTE[UNTIL] }, /there is no reason/],
    [{ ...NOTE, [UNTIL]: '2026-02-01T00:00:00Z' }, /too far ahead/],
    [{ ...NOTE, [UNTIL]: 'soon' }, /"soon" is no time/],
  ];
  for (const [annotations, message] of notes) {
    for (const write of [NO_EDIT, EDIT]) {
      const found = await outcomeOf(GRANTED, { ...write, annotations });
      t.match(found, { allowed: false, message, asked: [] }, JSON.stringify(annotations));
      t.ok(found.rules.includes('bypass-refused'));
    }
  }
});

t.test('a note that expired where it stands hinders no other edit', async (t) => {
  const notes = { oldAnnotations: EXPIRED, annotations: EXPIRED };
  const labelled = await outcomeOf(DENIED, { ...NO_EDIT, ...notes });
  t.match(labelled, { allowed: true, warnings: [], asked: [] });
  const edited = await outcomeOf(GRANTED, { ...EDIT, ...notes });
  t.match(edited, { allowed: false, rules: ['bypass-refused', 'plugin-typo'], asked: [] });
  t.match(edited.message, /it expired at 2026-01-31T11:00:00Z/);
});

t.test('a note that stands, and taking it away, cost no question', async (t) => {
  const stands = { oldAnnotations: NOTE, annotations: NOTE };
  t.match(await outcomeOf(DENIED, { ...NO_EDIT, ...stands }), { allowed: true, asked: [] });
  const takenAway: Record<string, string>[] = [{}, { [REASON]: 'ticket 4711' }];
  for (const annotations of takenAway) {
    const found = await outcomeOf(DENIED, { ...NO_EDIT, oldAnnotations: NOTE, annotations });
    t.match(found, { allowed: true, warnings: [], asked: [] });
  }
});

t.test('what could not be asked does not count, and says so', async (t) => {
  const failures: [access: Access | Error, why: RegExp][] = [
    [{ granted: false, failure: 'no answer (Timeout)' }, /could not be found out: no answer/],
    [new TypeError('secret'), /the guard itself failed/],
  ];
  for (const [access, why] of failures) {
    const found = await outcomeOf(access, { ...EDIT, annotations: NOTE });
    t.match(found, { allowed: false, rules: ['bypass-refused', 'plugin-typo'], message: why });
    t.notMatch(found.message, /secret/);
  }
});

t.test('switched off, a request has no effect, and no question is asked', async (t) => {
  const { webhook, asked } = webhookWith(GRANTED, { breakGlass: undefined });
  const { response } = await validate(reviewBody({ ...EDIT, annotations: NOTE }), webhook);
  t.match(response.status?.message, /is switched\s+off/);
  t.same(asked, []);
});

t.test('modes that refuse nothing refuse no forged note either', async (t) => {
  for (const mode of ['warn', 'audit'] as const) {
    const policy = { ...DEFAULT_POLICY, mode };
    for (const annotations of [NOTE, EXPIRED]) {
      for (const write of [EDIT, NO_EDIT]) {
        const found = await outcomeOf(DENIED, { ...write, annotations }, { policy });
        t.match(found, { allowed: true }, mode);
        const forged = found.verdict?.findings.find(({ rule }) => rule === 'bypass-refused');
        t.match(
          forged,
          { severity: mode, baseSeverity: 'deny' },
          'logged as what it would have been',
        );
        t.equal(found.warnings.length > 0, mode === 'warn');
      }
    }
  }
});

t.test('an exempt writer needs no break-glass, and is warned of a forged one', async (t) => {
  const exempt = { users: new Set(['alice']), groups: new Set<string>() };
  const found = await outcomeOf(
    DENIED,
    { ...EDIT, annotations: NOTE },
    { policy: { ...DEFAULT_POLICY, exempt } },
  );
  t.match(found, { allowed: true, verdict: { exemption: { source: 'user', name: 'alice' } } });
  t.match(found.warnings[0], /bypass-refused/);
});

t.test('a write is reviewed once, whatever comes of break-glass', async (t) => {
  for (const access of [GRANTED, DENIED, new Error('no answer')]) {
    for (const write of [EDIT, NO_EDIT]) {
      let reviews = 0;
      const counted: WebhookOptions['review'] = (...given) => {
        reviews += 1;
        return review(...given);
      };
      const { asked } = await outcomeOf(
        access,
        { ...write, annotations: NOTE },
        { review: counted },
      );
      t.same([asked.length, reviews], [1, 1]);
    }
  }
});

t.test('no default is added to what may be bypassed, and to nothing less', async (t) => {
  const { webhook } = webhookWith(GRANTED);
  const injectedFor = async (annotations: Record<string, string>) =>
    (await mutate(reviewBody({ oldData: BASE_VETH, data: GOOD, annotations }), webhook)).injected;
  t.same(await injectedFor({}), ['portmap.externalSetMarkChain']);
  t.same(await injectedFor(EXPIRED), ['portmap.externalSetMarkChain']);
  t.same(await injectedFor(NOTE), undefined);
});
