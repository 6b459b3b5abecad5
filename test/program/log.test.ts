import t, { type Test } from 'tap';
import { assertAllowed, assertDenied, assertJudged } from '../support/admission-answers.ts';
import {
  BASE_VENDOR,
  type Data,
  PORTMAP,
  VENDOR_CHAINS,
  VENDOR_CONF,
  conflist,
  withConflist,
} from '../support/config-maps.ts';
import { type Answer, sendInTurn } from '../support/https-client.ts';
import { freePort, startProgram, startServing } from '../support/program.ts';
import { startRecordingApiServer } from '../support/recording-api-server.ts';
import { restartBody } from '../support/restarts.ts';
import { type ReviewOptions, UID, reviewBody, reviewObject } from '../support/reviews.ts';

/**
 * eni_conf may hold access keys, so none of its values may reach a place where other people read.
 * Every value planted below is one of these two; a part of one is a leak, too.
 */
const MARK = 'hunter2-hunter2-hunter2';
const MARK_NUMBER = '90210902109';
const LEAKS = ['hunter2', MARK_NUMBER, ...base64Forms(MARK), ...base64Forms(MARK_NUMBER)];

/** How a text that holds `mark` may show it once it is in base64: one form an alignment. */
function base64Forms(mark: string): string[] {
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.from(`${'x'.repeat(before)}${mark}`).toString('base64');
    // The first and the last group also depend on what stands beside the mark.
    return encoded.slice(before === 0 ? 0 : 4, -4);
  });
}

/** Configurations that read well, with members that the guard does not know. */
const VALID: Readonly<Record<string, string>> = {
  'the text of a member': `{"access_secret": "${MARK}"}`,
  'a member among the usual ones': BASE_VENDOR.eni_conf!.replace(
    '{',
    `{ "access_key": "${MARK}", "access_secret": "${MARK}",`,
  ),
  'an element of a list': `{"security_groups": ["sg-1", "${MARK}"]}`,
  'a member of a member': `{"eni_tags": {"owner": {"key": "${MARK}"}}}`,
  'a number': `{"max_pool_size": ${MARK_NUMBER}}`,
  'a text for a number': `{"max_pool_size": "${MARK}"}`,
  'a text behind an escape': `{"access_secret": "\\u0000${MARK}\\ud800"}`,
  'a very long text': `{"access_secret": "${MARK.repeat(20_000)}"}`,
  'the value of an unknown member': `{"acess_secret": "${MARK}"}`,
  'the value of a member that ACK forbids to change': `{"credential_path": "/${MARK}"}`,
};

/** Configurations that can not be read, broken right beside the secret. */
const BROKEN: Readonly<Record<string, string>> = {
  'no quotes': `{"access_secret": ${MARK}}`,
  'single quotes': `{"access_secret": '${MARK}'}`,
  'typographic quotes': `{"access_secret": \u201c${MARK}\u201d}`,
  'no closing quote': `{"access_secret": "${MARK}`,
  'no closing brace': `{"access_secret": "${MARK}"`,
  'no colon': `{"access_secret" "${MARK}"}`,
  'no comma': `{"access_key": "a" "access_secret": "${MARK}"}`,
  'a trailing comma': `{"access_secret": "${MARK}",}`,
  'a comment': `{"access_secret": "a" /* was ${MARK} */}`,
  'a line break in the text': `{"access_secret": "a\n${MARK}"}`,
  'a control character in the text': `{"access_secret": "\u0001${MARK}\u0085"}`,
  'an unknown escape': `{"access_secret": "\\x${MARK}"}`,
  'half of an escape': `{"access_secret": "\\u00${MARK}"}`,
  'something behind the end': `{} ${MARK}`,
  'a byte-order mark': `\ufeff{"access_secret": "${MARK}"}`,
  'no JSON at all': MARK,
  'only a text': `"${MARK}"`,
  'a list': `["${MARK}"]`,
  'a number out of range': `{"max_pool_size": ${MARK_NUMBER}e400}`,
  'too deep': `${'['.repeat(1000)}"${MARK}"${']'.repeat(1000)}`,
  'a member given twice': `{"access_secret": "a", "access_secret": "${MARK}"}`,
  'a member given twice, the other way round': `{"access_secret": "${MARK}", "access_secret": "a"}`,
  'members given twice, nested': `{"eni_tags": {"a": "${MARK}", "a": "${MARK}"}}`,
};

const CHAINS: Readonly<Record<string, string>> = {
  'a good chain': VENDOR_CHAINS['private access']!,
  'a refused chain': conflist([VENDOR_CONF, { ...PORTMAP, type: 'portmapp' }]),
  'a broken chain': '{"plugins": [',
};

/** Every way in which a configuration reaches the guard, as the body of a review. */
function bodiesWith(text: string, chain: string): Readonly<Record<string, string>> {
  const plain = withConflist(BASE_VENDOR, chain);
  const secret: Data = { ...plain, eni_conf: text };
  const updated = reviewObject({ oldData: BASE_VENDOR, data: secret });
  const lastApplied = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', data: secret });
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': lastApplied };
  const withObject = (object: object) =>
    JSON.stringify({ ...updated, request: { ...updated.request, object } });
  const body = (options: ReviewOptions) => reviewBody(options);
  return {
    'written anew': JSON.stringify(updated),
    'taken away': body({ oldData: secret, data: plain }),
    'left as it was': body({ oldData: { ...BASE_VENDOR, eni_conf: text }, data: secret }),
    'in a new object': body({ operation: 'CREATE', data: secret }),
    'in a deleted object': body({ operation: 'DELETE', oldData: secret }),
    'in binaryData': body({
      oldData: BASE_VENDOR,
      data: plain,
      binaryData: { eni_conf: Buffer.from(text).toString('base64') },
    }),
    'in the annotation of kubectl apply': withObject({
      ...updated.request.object,
      metadata: { name: 'eni-config', namespace: 'kube-system', annotations },
    }),
    'not as text but as an object': withObject({ data: { ...plain, eni_conf: { secret: text } } }),
    'in place of data': withObject({ data: text, metadata: { name: 'eni-config' } }),
    'in a body cut off behind it': cutOffBehind(text, JSON.stringify(updated)),
    'in a body with a stray comma behind it': `${JSON.stringify(updated)},`,
    'in an unreadable operation': body({ operation: 'EXPLODE', oldData: secret, data: secret }),
  };
}

function cutOffBehind(text: string, body: string): string {
  const written = JSON.stringify(text);
  return body.slice(0, body.indexOf(written) + written.length);
}

/** What of the secrets stands in `text`, each with its surroundings. */
function leaksIn(text: string): string[] {
  return LEAKS.flatMap((mark) => {
    const at = text.indexOf(mark);
    return at === -1 ? [] : [text.slice(Math.max(0, at - 80), at + mark.length + 20)];
  });
}

t.test('the marks are found where they are', async (t) => {
  for (const text of [...Object.values(VALID), ...Object.values(BROKEN)]) {
    t.not(leaksIn(text).length, 0);
    t.not(leaksIn(Buffer.from(text).toString('base64')).length, 0);
  }
  t.same(leaksIn(JSON.stringify([BASE_VENDOR, CHAINS])), []);
});

/** Everything that can speak does: Events, the background check, defaults, exemptions, the gate. */
const SETTINGS = [
  'audit: { events: true, background: true }',
  'facts: { kubeProxyMode: iptables }',
  'exempt: { users: [trusted] }',
  'restartGate: deny',
  '',
].join('\n');

t.test('no value of eni_conf gets out', async (t) => {
  const stored = { ...withConflist(BASE_VENDOR, CHAINS['a refused chain']!) };
  const broken = BROKEN['no closing quote']!;
  const api = await startRecordingApiServer(t, { ...stored, eni_conf: broken });
  // The program finds the API server as kubectl does.
  process.env.KUBECONFIG = api.kubeconfig;
  const metricsPort = await freePort();
  const program = await startServing(t, { metricsPort }, t.testdir(), SETTINGS);
  const send = sendInTurn(t, program.endpoint);
  let calls = 0;

  async function assertSilent(t: Test, path: string, body: string): Promise<Answer> {
    const answer = await send(path, body);
    calls += 1;
    t.same(leaksIn(JSON.stringify([...answer.headers, answer.body])), [], `the answer of ${path}`);
    assertJudged(t, answer);
    return answer;
  }

  const NOTE = {
    'eni-config-guard/bypass-reason': 'ticket 4711',
    'eni-config-guard/bypass-until': new Date(Date.now() + 3_600_000).toISOString(),
  };

  // First, one of each, while Events are not yet too many to be written at once.
  await t.test('a refusal, an exemption and break-glass', async (t) => {
    const data = {
      ...withConflist(BASE_VENDOR, CHAINS['a refused chain']!),
      eni_conf: VALID['the text of a member']!,
    };
    const write = async (options: ReviewOptions) =>
      assertSilent(t, '/validate', reviewBody({ oldData: BASE_VENDOR, data, ...options }));
    assertDenied(t, await write({}), /portmapp/);
    assertAllowed(t, await write({ username: 'trusted' }));
    assertAllowed(t, await write({ annotations: NOTE }));
  });

  await t.test('what is refused, and what an exempt user does, is not quoted', async (t) => {
    const refused = bodiesWith(VALID['the text of a member']!, CHAINS['a refused chain']!);
    assertDenied(t, await assertSilent(t, '/validate', refused['written anew']!), /portmapp/);
    for (const text of [...Object.values(VALID), ...Object.values(BROKEN)]) {
      const data = { ...withConflist(BASE_VENDOR, CHAINS['a refused chain']!), eni_conf: text };
      const body = reviewBody({ oldData: BASE_VENDOR, data, username: 'trusted' });
      assertAllowed(t, await assertSilent(t, '/validate', body));
    }
  });

  await t.test('nor does break-glass quote anything', async (t) => {
    for (const text of [...Object.values(VALID), ...Object.values(BROKEN)]) {
      const data = { ...withConflist(BASE_VENDOR, CHAINS['a refused chain']!), eni_conf: text };
      for (const options of [{ data }, { data, oldAnnotations: NOTE }]) {
        const body = reviewBody({ oldData: BASE_VENDOR, annotations: NOTE, ...options });
        const { warnings } = assertAllowed(t, await assertSilent(t, '/validate', body));
        t.match(warnings?.[0], /break-glass/);
        await assertSilent(t, '/mutate', body);
      }
    }
  });

  await t.test('nor does the restart gate, which reads what is stored', async (t) => {
    for (const username of ['alice', 'trusted']) {
      const answer = await send('/restart-gate', restartBody({ username }));
      t.same(leaksIn(JSON.stringify([...answer.headers, answer.body])), []);
      t.match(answer.body, /json-syntax|10-terway|eni_conf/, 'it did read it');
    }
  });

  for (const [texts, TEXTS] of Object.entries({ valid: VALID, broken: BROKEN })) {
    for (const [kind, text] of Object.entries(TEXTS)) {
      for (const [chainKind, chain] of Object.entries(CHAINS)) {
        await t.test(`${texts} eni_conf, ${kind}, with ${chainKind}`, async (t) => {
          for (const [way, body] of Object.entries(bodiesWith(text, chain))) {
            t.comment(way);
            await assertSilent(t, '/validate', body);
            await assertSilent(t, '/mutate', body);
          }
        });
      }
    }
  }

  await t.test('the calls above were allowed, denied and malformed ones', async (t) => {
    const good = bodiesWith(BASE_VENDOR.eni_conf!, CHAINS['a good chain']!);
    const bad = bodiesWith(BASE_VENDOR.eni_conf!, CHAINS['a refused chain']!);
    const answerTo = (body: string | undefined) => assertSilent(t, '/validate', body!);
    assertAllowed(t, await answerTo(good['written anew']));
    assertDenied(t, await answerTo(bad['written anew']), /portmapp/);
    assertDenied(t, await answerTo(good['in a deleted object']), /must not be deleted/);
    assertDenied(t, await answerTo(good['in a body cut off behind it']), /not valid JSON/);
    assertDenied(t, await answerTo(good['not as text but as an object']), /no text/);
  });

  await t.test('a call without a uid is not quoted either', async (t) => {
    for (const text of [...Object.values(VALID), ...Object.values(BROKEN)]) {
      for (const body of [text, JSON.stringify({ data: { eni_conf: text } })]) {
        const { status, body: reason } = await send('/validate', body);
        t.equal(status, 400);
        t.same(leaksIn(reason), []);
      }
    }
  });

  await t.test('nor do the metrics and the health show anything', async (t) => {
    const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    t.match(metrics, /^eni_config_guard_reviews_total\{.*\} [1-9]/m);
    t.same(leaksIn(metrics), []);
    for (const path of ['/readyz', '/livez', '/nowhere']) {
      const answer = await send(path, '', { method: 'GET' });
      t.same(leaksIn(answer.body), []);
    }
  });

  await t.test('nor do the commands', async (t) => {
    const config = ['--config', 'config.yaml', '--kubeconfig', api.kubeconfig];
    const calls = { text: [...config], json: [...config, '--output', 'json'] };
    for (const [kind, args] of Object.entries(calls)) {
      const command = startProgram(t, ['status', ...args], program.cwd);
      t.match(await command.exit(), { code: 1 }, kind);
      t.match(command.stdout(), /json-syntax/);
      t.same(leaksIn(`${command.stdout()}${command.stderr()}`), []);
    }
    for (const [name, args] of [
      ['facts', config],
      ['verify', ['--kubeconfig', api.kubeconfig]],
    ] as const) {
      const command = startProgram(t, [name, ...args], program.cwd);
      await command.exit();
      t.not(`${command.stdout()}${command.stderr()}`, '', name);
      t.same(leaksIn(`${command.stdout()}${command.stderr()}`), [], name);
    }
  });

  program.kill('SIGTERM');
  t.match(await program.exit(), { code: 0 });

  await t.test('nor do Events', async (t) => {
    for (const reason of ['Refused', 'Exempted', 'BreakGlass', 'StoredObjectInvalid']) {
      t.ok(
        api.bodies.some((body) => body.includes(`"reason":"${reason}"`)),
        reason,
      );
    }
    t.same(leaksIn(api.bodies.join('\n')), []);
  });

  await t.test('nor does what the process wrote', async (t) => {
    t.same(leaksIn(program.stdout()), []);
    t.same(leaksIn(program.stderr()), []);
    t.equal(program.stderr(), '');
    t.match(program.stdout(), /"msg":"stored object"/);
  });

  await t.test('although it wrote one line for each call', async (t) => {
    const lines = program.stdout().trimEnd().split('\n');
    const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const reviews = entries.filter(({ decision }) => decision === 'review');
    t.equal(reviews.length, calls);
    const first = reviews.find(({ user }) => user === 'alice');
    t.match(first, {
      endpoint: 'validate',
      uid: UID,
      operation: 'UPDATE',
      verdict: /^(allow|deny)$/,
    });
    t.ok(
      reviews.some(({ findings }) => JSON.stringify(findings ?? []).includes('json-syntax')),
      'with the rules that spoke',
    );
  });
});

t.test('no value of eni_conf gets out in lines for people either', async (t) => {
  const pretty = 'audit: { logFormat: pretty }\n';
  const program = await startServing(t, {}, t.testdir(), pretty);
  const send = sendInTurn(t, program.endpoint);
  for (const text of [...Object.values(VALID), ...Object.values(BROKEN)]) {
    for (const body of Object.values(bodiesWith(text, CHAINS['a refused chain']!))) {
      await send('/validate', body);
    }
  }
  program.kill('SIGTERM');
  t.match(await program.exit(), { code: 0 });
  t.match(program.stdout(), /WARN.*deny UPDATE.*"verdict":"deny"/);
  t.same(leaksIn(`${program.stdout()}${program.stderr()}`), []);
});
