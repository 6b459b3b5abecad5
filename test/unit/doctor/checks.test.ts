import { X509Certificate } from 'node:crypto';
import t from 'tap';
import { issueCertificate } from '../../../src/certificates/issue.ts';
import { type Check, type Instruments, CHECKS, runChecks } from '../../../src/doctor/checks.ts';
import { checksAsJson, checksAsText } from '../../../src/doctor/report.ts';
import type { ApiCall, ApiServer } from '../../../src/kube/api.ts';
import { FAILURES } from '../../support/answering-api.ts';
import { rsaKeyPair } from '../../support/certificates.ts';
import { keepsContract } from '../../support/contract.ts';
import { documentedFields, fieldsIn } from '../../support/documented-fields.ts';

/** Every check well, failed and not to be found out, on clusters made of answers. */

const NAME = 'eni-config-guard.kube-system.svc';
const DAY_MS = 86_400_000;

const { publicKey, privateKey: key } = await rsaKeyPair();
const made = { publicKey, notBefore: new Date(0), notAfter: new Date(Date.now() + DAY_MS) };
const issuer = { commonName: 'authority', key };
const authority = issueCertificate({ ...made, usage: 'ca', commonName: 'authority', issuer });
const other = issueCertificate({
  ...made,
  usage: 'ca',
  commonName: 'other',
  issuer: { ...issuer, commonName: 'other' },
});
const server = { ...made, usage: 'server', commonName: 'guard', names: [NAME], issuer } as const;
const SERVED = [new X509Certificate(issueCertificate(server))];

interface Cluster {
  readonly validating?: unknown;
  readonly mutating?: unknown;
  readonly service?: unknown;
  readonly slices?: unknown;
}

const bundle = (ca: string) => Buffer.from(ca).toString('base64');

const webhooks = (caBundle: string, client: object = {}) => ({
  webhooks: [
    {
      name: 'if-unreachable',
      timeoutSeconds: 3,
      clientConfig: {
        service: { name: 'eni-config-guard', namespace: 'kube-system', port: 443 },
        caBundle,
        ...client,
      },
    },
  ],
});

const slices = (...ready: readonly boolean[]) => ({
  items: [
    {
      ports: [{ name: 'https', port: 8443 }],
      endpoints: ready.map((isReady) => ({
        addresses: ['10.0.0.7'],
        conditions: { ready: isReady },
      })),
    },
  ],
});

const WELL: Required<Cluster> = {
  validating: webhooks(bundle(authority)),
  mutating: webhooks(bundle(authority)),
  service: { spec: { ports: [{ name: 'https', port: 443 }] } },
  slices: slices(true, false),
};

function apiOf(cluster: Cluster): ApiServer {
  const { validating, mutating, service, slices: found } = { ...WELL, ...cluster };
  const answers: readonly (readonly [part: string, answer: unknown])[] = [
    ['/validatingwebhookconfigurations/', validating],
    ['/mutatingwebhookconfigurations/', mutating],
    ['/endpointslices', found],
    ['/services/', service],
  ];
  return {
    async call<T>({ path }: ApiCall): Promise<T> {
      await Promise.resolve();
      const answer = answers.find(([part]) => path.includes(part))?.[1];
      if (answer === undefined) throw FAILURES.notFound;
      if (answer instanceof Error) throw answer;
      return answer as T;
    },
    watch: () => {
      throw new Error('nothing is watched');
    },
  };
}

const failsWith = (code: string) => async () =>
  Promise.reject(Object.assign(new Error(), { code }));

function instruments(changes: Partial<Instruments> = {}): Instruments {
  return {
    handshake: async () => Promise.resolve(SERVED),
    tryWrite: async () => Promise.resolve({ outcome: 'guarded', message: 'is guarded' }),
    now: () => new Date(),
    clock: () => 0,
    ...changes,
  };
}

async function outcomes(cluster: Cluster = {}, changes: Partial<Instruments> = {}) {
  const checks = await runChecks(apiOf(cluster), instruments(changes));
  return Object.fromEntries(checks.map((check) => [check.name, check])) as Record<string, Check>;
}

t.test('all is well', async (t) => {
  const checks = await runChecks(apiOf({}), instruments());
  t.same(
    checks.map(({ name }) => name),
    CHECKS,
  );
  for (const { name, outcome, seen } of checks) t.equal(outcome, 'ok', `${name}: ${seen}`);
  t.match(checksAsText(checks), /^ok {7}endpoints {2}1 of 2 endpoints ready$/m);
});

t.test('each check by itself', async (t) => {
  const inDays = (days: number) => ({ now: () => new Date(Date.now() + days * DAY_MS) });
  let ticks = 0;
  const cases: readonly [
    name: string,
    outcome: string,
    seen: RegExp,
    Cluster,
    Partial<Instruments>?,
  ][] = [
    ['service', 'failed', /^there is no validatingwebhookconfiguration/, { validating: undefined }],
    [
      'service',
      'failed',
      /^there is no Service kube-system\/eni-config-guard$/,
      { service: undefined },
    ],
    ['service', 'failed', /has no port 443$/, { service: { spec: { ports: [{ port: 1 }] } } }],
    ['endpoints', 'failed', /^none of 1 endpoint is ready$/, { slices: slices(false) }],
    ['tcp', 'failed', /ECONNREFUSED$/, {}, { handshake: failsWith('ECONNREFUSED') }],
    ['tcp', 'unknown', /ETIMEDOUT$/, {}, { handshake: failsWith('ETIMEDOUT') }],
    ['chain', 'failed', /not in the caBundle of if-/, { validating: webhooks(bundle(other)) }],
    ['chain', 'failed', /not in the caBundle of if-/, { mutating: webhooks(bundle(other)) }],
    ['chain', 'failed', /^the caBundle of if-unreachable is empty$/, { validating: webhooks('') }],
    [
      'name',
      'failed',
      /not for "a\.b\.svc"$/,
      {
        validating: webhooks(bundle(authority), { service: { name: 'a', namespace: 'b' } }),
      },
    ],
    ['dates', 'failed', /which is over$/, {}, inDays(36_500)],
    ['dates', 'failed', /yet to come$/, {}, inDays(-36_500)],
    ['caBundle', 'failed', /have no CA in common$/, { mutating: webhooks(bundle(other)) }],
    ['caBundle', 'failed', /^no certificate in the caBundle of if-/, { mutating: webhooks('') }],
    ['latency', 'failed', /^refused within 2000 ms, of 3 s/, {}, { clock: () => 2000 * ticks++ }],
    [
      'latency',
      'failed',
      /^not guarded$/,
      {},
      {
        tryWrite: async () => Promise.resolve({ outcome: 'open', message: 'not guarded' }),
      },
    ],
    [
      'latency',
      'unknown',
      /^no right$/,
      {},
      {
        tryWrite: async () => Promise.resolve({ outcome: 'unknown', message: 'no right' }),
      },
    ],
  ];
  for (const [name, outcome, seen, cluster, changes] of cases) {
    const { [name]: check } = await outcomes(cluster, changes);
    t.match(check, { outcome, seen, remedy: String }, `${name}: ${check?.seen}`);
  }
});

t.test('webhooks may trust more than what they have in common', async (t) => {
  const { chain, caBundle } = await outcomes({ mutating: webhooks(bundle(other + authority)) });
  t.match(
    [chain, caBundle],
    [{ outcome: 'ok' }, { outcome: 'ok', seen: '1 CA in all of 2 webhooks' }],
  );
});

t.test('a configuration with a url has no Service', async (t) => {
  const url = webhooks(bundle(authority), {
    service: undefined,
    url: `https://${NAME}:8443/validate`,
  });
  const { service, endpoints, name } = await outcomes({ validating: url });
  t.match([service, endpoints, name], [{ outcome: 'ok' }, { outcome: 'ok' }, { outcome: 'ok' }]);
});

t.test('an API server that does not answer rejects', async (t) => {
  await t.rejects(
    runChecks(apiOf({ validating: FAILURES.timeout }), instruments()),
    FAILURES.timeout,
  );
});

t.test('as JSON: exactly the fields that docs/json-outputs.md names', async (t) => {
  const checks = await runChecks(apiOf({ slices: slices(false) }), instruments());
  const printed = JSON.parse(checksAsJson(checks)) as object;
  const documented = documentedFields('json-outputs.md', 'doctor');
  const fields = new Set([
    ...fieldsIn(printed),
    ...['sentence', 'diagnoses[].id', 'diagnoses[].wrong', 'diagnoses[].remedy[]'],
  ]);
  t.same([...fields].sort(), documented.sort());
  keepsContract(t, 'doctor', documented, [printed]);
});
