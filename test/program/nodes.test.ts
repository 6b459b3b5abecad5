import { dirname } from 'node:path';
import t from 'tap';
import { BASE_VETH } from '../support/config-maps.ts';
import { type Handler, misbehaving } from '../support/misbehaving-api-server.ts';
import { run } from '../support/output.ts';
import { MAIN } from '../support/program.ts';

const NODES = 4000;
/** With so many nodes it takes 85 MiB, and 130 with the settings that Node.js has of its own. */
const MAX_MIB = 100;

/** As much as the API server keeps of who wrote which field of an object. */
const MANAGED_FIELDS = Array.from({ length: 40 }, (_, at) => ({ [`f:member-${at}`]: { '.': {} } }));
/** As much as the environment and the mounts of a pod of Terway. */
const REST_OF_SPEC = Array.from({ length: 60 }, (_, at) => ({
  name: `n-${at}`,
  mountPath: '/host',
}));

const metadata = (name: string) => ({
  name,
  labels: { 'kubernetes.io/os': 'linux' },
  managedFields: MANAGED_FIELDS,
});

const nodeName = (at: number) => `cn-hangzhou.10.0.${at >> 8}.${at & 255}`;

function pod(at: number): object {
  const image = 'registry.example.com/acs/terway:v1.15.2';
  const time = '2026-01-01T10:00:00Z';
  return {
    metadata: metadata(`terway-eniip-${at}`),
    spec: {
      nodeName: nodeName(at),
      containers: [{ name: 'terway', image, volumeMounts: REST_OF_SPEC }],
    },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: time }],
      initContainerStatuses: [
        {
          name: 'terway-init',
          state: { terminated: { exitCode: 0, startedAt: time, finishedAt: time } },
        },
      ],
      containerStatuses: [{ name: 'terway', ready: true }],
    },
  };
}

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

/** An API server with NODES nodes and a pod of Terway on each. */
const crowded: Handler = ({ url = '' }, response) => {
  const { pathname, searchParams } = new URL(url, 'https://localhost');
  const selector = `${searchParams.get('fieldSelector') ?? ''}${searchParams.get('labelSelector') ?? ''}`;
  const from = Number(searchParams.get('continue') ?? 0);
  const length = Math.min(Number(searchParams.get('limit')), NODES - from);
  const next = from + length < NODES ? String(from + length) : '';
  const page = (make: (at: number) => object) => ({
    metadata: { continue: next },
    items: Array.from({ length }, (_, at) => make(from + at)),
  });
  const listOf = (...items: object[]) => ({ metadata: { resourceVersion: '1' }, items });
  const answer = () => {
    if (pathname.endsWith('/nodes')) return page((at) => ({ metadata: metadata(nodeName(at)) }));
    if (selector === 'app=terway-eniip') return page(pod);
    if (selector === 'metadata.name=terway-eniip') return listOf(daemonSet);
    return selector === 'metadata.name=eni-config' ? listOf(eniConfig) : listOf();
  };
  response.setHeader('content-type', 'application/json').end(JSON.stringify(answer()));
};

/** Says on stderr how much memory the process had at most, in KiB. */
const TELL_MEMORY =
  'data:text/javascript,process.on("exit",()=>console.error(process.resourceUsage().maxRSS))';

t.test(`${NODES} nodes take less than ${MAX_MIB} MiB of memory`, async (t) => {
  const { kubeconfig } = await misbehaving(t, crowded);
  const args = ['--import', TELL_MEMORY, MAIN, 'nodes', '--kubeconfig', kubeconfig];
  const { code, stdout, stderr } = await run(process.execPath, args, { cwd: dirname(kubeconfig) });
  t.equal(code, 0, stderr);
  t.equal(stdout.split('\n').filter((line) => line.startsWith('cn-hangzhou')).length, NODES);
  t.ok(Number(stderr.trim().split('\n').at(-1)) / 1024 < MAX_MIB, stderr);
});
