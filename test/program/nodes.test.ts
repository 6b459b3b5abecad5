import { dirname } from 'node:path';
import t from 'tap';
import { PROTOBUF } from '../../src/kube/protobuf-body.ts';
import { BASE_VETH } from '../support/config-maps.ts';
import { type Handler, misbehaving } from '../support/misbehaving-api-server.ts';
import { run } from '../support/output.ts';
import { MAIN } from '../support/program.ts';
import { bodyOf, field, numberField } from '../support/protobuf.ts';

const NODES = 4000;
/** With so many nodes it takes 77 MiB, and 130 with the settings that Node.js has of its own. */
const MAX_MIB = 100;

/** As much as the API server keeps of who wrote which field of an object, which is a field of its metadata. */
const MANAGED_FIELDS = field(17, field(7, field(1, '{"f:member":{".":{}}}'.repeat(60))));
/** As much as the environment and the mounts of a container of Terway. */
const REST_OF_CONTAINER = field(9, '/host'.repeat(400));

const metadata = (name: string) =>
  field(
    1,
    field(1, name),
    field(11, field(1, 'kubernetes.io/os'), field(2, 'linux')),
    MANAGED_FIELDS,
  );

const nodeName = (at: number) => `cn-hangzhou.10.0.${at >> 8}.${at & 255}`;

const SECONDS = numberField(1, Date.parse('2026-01-01T10:00:00Z') / 1000);
const SPEC_OF_CONTAINER = field(
  2,
  field(1, 'terway'),
  field(2, 'registry.example.com/acs/terway:v1.15.2'),
  REST_OF_CONTAINER,
);
const TERMINATED = field(3, numberField(1, 0), field(5, SECONDS), field(6, SECONDS));
const STATUS = field(
  3,
  field(1, 'Running'),
  field(2, field(1, 'Ready'), field(2, 'True'), field(4, SECONDS)),
  field(8, field(1, 'terway'), numberField(4, 1)),
  field(10, field(1, 'terway-init'), field(2, TERMINATED)),
);

const pod = (at: number): Buffer[] => [
  metadata(`terway-eniip-${at}`),
  field(2, SPEC_OF_CONTAINER, field(10, nodeName(at))),
  STATUS,
];

const daemonSet = {
  metadata: { name: 'terway-eniip' },
  spec: { selector: { matchLabels: { app: 'terway-eniip' } }, template: { spec: {} } },
};
const eniConfig = {
  metadata: {
    name: 'eni-config',
    resourceVersion: '1',
    managedFields: [{ manager: 'ack', operation: 'Update', time: '2026-01-01T08:00:00Z' }],
  },
  data: BASE_VETH,
};

/** An API server with NODES nodes and a pod of Terway on each; these it lists in protobuf, as is asked for. */
const crowded: Handler = ({ url = '', headers }, response) => {
  const { pathname, searchParams } = new URL(url, 'https://localhost');
  const selector = `${searchParams.get('fieldSelector') ?? ''}${searchParams.get('labelSelector') ?? ''}`;
  const from = Number(searchParams.get('continue') ?? 0);
  const length = Math.min(Number(searchParams.get('limit')), NODES - from);
  const next = from + length < NODES ? String(from + length) : '';
  const answerPage = (make: (at: number) => Buffer[]) => {
    if (headers.accept?.includes(PROTOBUF) !== true) throw new Error('it asks for JSON');
    const items = Array.from({ length }, (_, at) => field(2, ...make(from + at)));
    response.setHeader('content-type', PROTOBUF).end(bodyOf(field(1, field(3, next)), ...items));
  };
  const answer = (...items: object[]) => {
    const list = { metadata: { resourceVersion: '1' }, items };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(list));
  };
  if (pathname.endsWith('/nodes')) answerPage((at) => [metadata(nodeName(at))]);
  else if (selector === 'app=terway-eniip') answerPage(pod);
  else if (selector === 'metadata.name=terway-eniip') answer(daemonSet);
  else if (selector === 'metadata.name=eni-config') answer(eniConfig);
  else answer();
};

/** Says on stderr how much memory the process had at most, in KiB. */
const TELL_MEMORY =
  'data:text/javascript,process.on("exit",()=>console.error(process.resourceUsage().maxRSS))';

t.test(`${NODES} nodes take less than ${MAX_MIB} MiB of memory`, async (t) => {
  const { kubeconfig } = await misbehaving(t, crowded);
  const args = ['--import', TELL_MEMORY, MAIN, 'nodes', '--kubeconfig', kubeconfig];
  // The test runner has every process that it knows of load its own modules; `env` starts one without.
  const command = ['-i', process.execPath, ...args];
  const { code, stdout, stderr } = await run('env', command, { cwd: dirname(kubeconfig) });
  t.equal(code, 0, stderr);
  t.equal(stdout.split('\n').filter((line) => line.startsWith('cn-hangzhou')).length, NODES);
  t.ok(Number(stderr.trim().split('\n').at(-1)) / 1024 < MAX_MIB, stderr);
});
