import t from 'tap';
import { diagnose, masked } from '../../../src/doctor/sentence.ts';
import { SYMPTOMS } from '../../../src/doctor/symptoms.ts';
import { readSentences } from '../../support/sentences.ts';
import { sentenceAsJson, sentenceAsText } from '../../../src/doctor/report.ts';

const CALL =
  'Error from server (InternalError): Internal error occurred: failed calling webhook ' +
  '"if-unreachable.delete-validatingwebhookconfiguration.eni-config-guard": failed to call webhook: ';
const POST = `${CALL}Post "https://eni-config-guard.kube-system.svc:443/validate?timeout=3s": `;

/** The step of a remedy that names rules. */
const RULES_OF = /^rules that refuse what leads to it: (.*); eni-config-guard explain RULE$/;

/** What real programs print, and the symptom that is told first. */
const SENTENCES: readonly (readonly [sentence: string, id: string])[] = [
  [`${POST}dial tcp 10.0.0.7:8443: connect: connection refused`, 'webhook-refused-connection'],
  [`${POST}no endpoints available for service "eni-config-guard"`, 'webhook-no-endpoints'],
  [`${POST}service "eni-config-guard" not found`, 'webhook-no-service'],
  [`${POST}context deadline exceeded`, 'webhook-timeout'],
  [`${POST}dial tcp 10.0.0.7:8443: connect: no route to host`, 'webhook-no-route'],
  [`${POST}dial tcp: lookup guard.example on 10.0.0.2:53: no such host`, 'webhook-no-such-host'],
  [`${POST}EOF`, 'webhook-broken-connection'],
  [
    `${POST}tls: failed to verify certificate: x509: certificate signed by unknown authority`,
    'certificate-unknown-authority',
  ],
  [
    `${POST}tls: failed to verify certificate: x509: certificate is valid for a.b.svc, not c.d.svc`,
    'certificate-name',
  ],
  [
    `${POST}tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time ...`,
    'certificate-dates',
  ],
  [`${CALL}expected response.uid="a", got "x"`, 'webhook-not-the-guard'],
  [
    `${CALL}an error on the server ("busy") has prevented the request from succeeding`,
    'webhook-server-error',
  ],
  [`${POST}something new`, 'webhook-failed'],
  [
    "configmaps \"eni-config\" is forbidden: ValidatingAdmissionPolicy 'eni-config-guard' with binding 'eni-config-guard' denied request: ...",
    'floor',
  ],
  [
    'The ConfigMap "eni-config" is invalid: data: Forbidden: field is immutable when `immutable` is set',
    'immutable',
  ],
  [
    'configmaps "eni-config" is forbidden: User "bob" cannot patch resource "configmaps" in API group "" in the namespace "kube-system"',
    'no-right',
  ],
  [
    'Operation cannot be fulfilled on configmaps "eni-config": the object has been modified; please apply your changes to the latest version and try again',
    'conflict',
  ],
  [
    'MountVolume.SetUp failed for volume "eni-config" : configmap "eni-config" not found',
    'eni-config-missing',
  ],
  [
    "error: failed process input: invalid character ']' looking for beginning of value",
    'terway-json',
  ],
  ['error: failed process input: type not found', 'terway-entry'],
  ['task: get eni configerror: json: cannot unmarshal array into Go value', 'terway-eni-conf'],
  ['task: symmetric routingerror: failed to configure IPv4 rules', 'terway-symmetric-routing'],
  [
    'Back-off restarting failed container terway-init in pod terway-eniip-x_kube-system(y)',
    'terway-init',
  ],
  ['json: cannot unmarshal string into Go struct field CNIConf.mtu of type int', 'terway-member'],
  ["unable to setup DNAT: exit status 2: iptables: Invalid target name `a b'", 'portmap-target'],
  ['terway-eniip-x   0/1   Init:CrashLoopBackOff   3   1m', 'terway-init'],
  ['invalid plugin name: ../portmap', 'plugin-name'],
  ['plugin type="portmap" failed (add): must be called as chained plugin', 'plugin-not-first'],
  [
    'plugin type="ptp" failed (add): container veth name ("eth0") already exists',
    'plugin-second-network',
  ],
  [
    'plugin type="portmap" failed (add): json: cannot unmarshal string into Go',
    'plugin-field-type',
  ],
  ['plugin type="portmap" failed (add): MasqMarkBit must be between 0 and 31', 'portmap-options'],
  ['plugin type="tuning" failed (add): invalid net sysctl key: "kernel/msgmax"', 'tuning-sysctl'],
  ['plugin type="tuning" failed (add): invalid argument', 'tuning-options'],
  [
    'plugin type="bandwidth" failed (add): if rate is set, burst must also be set',
    'bandwidth-options',
  ],
  [
    'plugin type="bandwidth" failed (add): no veth peer of container interface found',
    'bandwidth-after-terway',
  ],
  [
    'plugin type="sbr" failed (add): Failed to add default route to table: network is unreachable',
    'sbr-after-terway',
  ],
  ['plugin type="firewall" failed (add): unknown ingress policy: "closed"', 'firewall-options'],
  [
    'plugin type="vrf" failed (add): configuration is expected to have a valid vrf name',
    'vrf-options',
  ],
  [
    `plugin type="portmap" failed (add): unable to create chain: exit status 1: iptables: Chain 'KUBE-MARK-MASQ' does not exist`,
    'portmap-mark-chain',
  ],
  ['failed to find plugin "portmapp" in path [/opt/cni/bin]', 'plugin-missing'],
  [
    'failed to load CNI config list file /etc/cni/net.d/10-terway.conflist: error parsing configuration list: invalid character',
    'chain-unreadable',
  ],
  [
    'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
    'cni-not-initialized',
  ],
  ['cni config load failed: no network config found in /etc/cni/net.d', 'cni-not-initialized'],
  ['incompatible CNI versions; config is "1.1.0", plugin supports ["0.4.0"]', 'spec-version'],
  [
    'failed to setup network for sandbox "x": plugin type="terway" failed (add): cmdAdd',
    'plugin-failed',
  ],
  [
    'The connection to the server 10.0.0.1:6443 was refused - did you specify the right host or port?',
    'no-api-server',
  ],
  ['context deadline exceeded', 'deadline'],
  [
    'admission webhook "if-unreachable.x.eni-config-guard" denied the request: eni-config is not saved',
    'guard-refused',
  ],
];

t.test('sentences of real programs', async (t) => {
  for (const [sentence, id] of SENTENCES) {
    t.equal(diagnose(sentence)[0]?.id, id, sentence);
    t.equal(diagnose(sentence.toUpperCase().replaceAll('X509', 'x509'))[0]?.id, id, 'letter case');
  }
});

/** Of a client that reaches no port: it tells nothing of the chain. */
const OF_CLIENTS: readonly string[] = ['portmap-capability', 'capability-typo', 'key-typo'];

t.test('what programs said on nodes names the rules that refuse what led to it', async (t) => {
  for (const source of ['nodes', 'code'] as const) {
    for (const [rule, sentences] of Object.entries(readSentences(source))) {
      if (OF_CLIENTS.includes(rule)) continue;
      for (const sentence of sentences) {
        const named = diagnose(sentence).flatMap(
          ({ remedy }) => remedy.at(-1)?.match(RULES_OF)?.[1],
        );
        t.ok(
          named.join().split(/,\s*/).includes(rule),
          `${rule}, not ${named.join('; ')}: ${sentence}`,
        );
      }
    }
  }
});

t.test('every symptom has a sentence that it is told for', async (t) => {
  const told = new Set(SENTENCES.map(([, id]) => id));
  t.same(
    SYMPTOMS.map(({ id }) => id).filter((id) => !told.has(id)),
    [],
  );
  t.equal(new Set(SYMPTOMS.map(({ id }) => id)).size, SYMPTOMS.length);
});

t.test('rules are told by their names', async (t) => {
  const [first] = diagnose('The ConfigMap ... rule: eni-config-guard/plugin-typo');
  t.equal(first?.id, 'rule:plugin-typo');
  t.match(first?.remedy.at(-1), 'eni-config-guard explain plugin-typo');
  t.same(diagnose('rule: eni-config-guard/constructor'), []);
});

t.test('what is not known is said to be', async (t) => {
  t.same(diagnose('the quick brown fox'), []);
  t.match(sentenceAsText('the fox', []), /^> the fox\n\nNothing in it is known here\.\n/);
  t.same(diagnose(''), []);
});

t.test('URLs may hold tokens: path, query and user are masked', async (t) => {
  const cases: [sentence: string, shown: string][] = [
    [
      'Post "https://g.svc:443/validate?timeout=3s": EOF',
      'Post "https://g.svc:443/validate?timeout=3s": EOF',
    ],
    ['Get "https://u:p@10.0.0.1/t0ken/x?k=v"', 'Get "https://10.0.0.1/***?***"'],
    ['https://h/validate?token=1 and http://h', 'https://h/validate?*** and http://h'],
    ['a\u001b[2J\n b', 'a\\u001b[2J b'],
  ];
  for (const [sentence, shown] of cases) t.equal(masked(sentence), shown);
  const json = sentenceAsJson('https://h/t0ken EOF', diagnose('https://h/t0ken EOF'));
  t.notMatch(json, 't0ken');
  t.match(JSON.parse(json), { schema: 1, sentence: 'https://h/*** EOF', diagnoses: [] });
});
