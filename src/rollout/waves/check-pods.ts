/**
 * The pods that try a node after its restart: one that listens on it, as any new pod of the cluster would be
 * made there, and one on another node that connects. Both run the image of the guard, which is there
 * already, and need no more of it than the Node.js that it holds.
 */

/** By these all of them are found, whatever became of the program that made them. */
const CHECK_LABELS = {
  'app.kubernetes.io/name': 'eni-config-guard-rollout',
  'app.kubernetes.io/component': 'check',
} as const;

export const CHECK_SELECTOR = Object.entries(CHECK_LABELS)
  .map((label) => label.join('='))
  .join(',');

/** What pods of checks have in common. */
export interface CheckImage {
  readonly image: string;
  /** Names of Secrets in the pods' namespace. */
  readonly pullSecrets: readonly string[];
}

/** Where the pod that listens does so, within its own network. */
const POD_PORT = 8080;

const LISTEN =
  "require('node:net').createServer((s) => s.on('error', () => {}).end(process.env.ANSWER))" +
  '.listen(Number(process.env.PORT))';

/** Tries for as long as rules of iptables may take to be written, then says what went wrong last. */
const CONNECT = `
const { connect } = require('node:net');
const { HOST, PORT, ANSWER } = process.env;
const until = Date.now() + 20000;
const attempt = () => {
  let text = '';
  const socket = connect({ host: HOST, port: Number(PORT), timeout: 3000 });
  const failed = (why) => {
    socket.destroy();
    if (Date.now() < until) return setTimeout(attempt, 1000);
    console.error(why);
    process.exit(1);
  };
  socket.setEncoding('utf8').on('data', (more) => (text += more));
  socket.on('error', ({ message }) => failed(message));
  socket.on('timeout', () => failed('connect to ' + HOST + ':' + PORT + ' timed out'));
  socket.on('end', () => (text === ANSWER ? process.exit(0) : failed('another program answered')));
};
attempt();
`;

/** A pod on `node` that listens; with `hostPort` also on a port of the node. */
export function listeningPod(
  { name, node, hostPort }: { name: string; node: string; hostPort: number | undefined },
  image: CheckImage,
) {
  const port = { containerPort: POD_PORT, ...(hostPort === undefined ? {} : { hostPort }) };
  return podOf(name, node, image, {
    script: LISTEN,
    env: { PORT: String(POD_PORT), ANSWER: name },
    ports: [port],
    hostNetwork: false,
  });
}

/** A pod in the network of `node` that connects to where the other one listens, and ends. */
export function connectingPod(
  { name, node, target }: { name: string; node: string; target: Target },
  image: CheckImage,
) {
  const { address, port, answer } = target;
  return podOf(name, node, image, {
    script: CONNECT,
    env: { HOST: address, PORT: String(port), ANSWER: answer },
    ports: [],
    hostNetwork: true,
  });
}

/** Such pods as would be made to check `node`, to be tried before anything is done to it. */
export function trialPods(
  { name, node, hasHostPorts }: { name: string; node: string; hasHostPorts: boolean },
  image: CheckImage,
) {
  const port = 61_000;
  const listening = listeningPod({ name, node, hostPort: hasHostPorts ? port : undefined }, image);
  if (!hasHostPorts) return [listening];
  const target = { address: '192.0.2.1', port, answer: name };
  return [listening, connectingPod({ name, node, target }, image)];
}

/** Where something listens, and what it answers. */
export interface Target {
  readonly address: string;
  readonly port: number;
  readonly answer: string;
}

interface Work {
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  readonly ports: readonly object[];
  readonly hostNetwork: boolean;
}

/** By `nodeName`, past the scheduler: it is this node that is asked. No controller owns it. */
function podOf(name: string, nodeName: string, { image, pullSecrets }: CheckImage, work: Work) {
  const { script, env, ports, hostNetwork } = work;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: CHECK_LABELS },
    spec: {
      nodeName,
      hostNetwork,
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 0,
      tolerations: [{ operator: 'Exists' }],
      ...(pullSecrets.length === 0
        ? {}
        : { imagePullSecrets: pullSecrets.map((secret) => ({ name: secret })) }),
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65532,
        runAsGroup: 65532,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: 'check',
          image,
          imagePullPolicy: 'IfNotPresent',
          command: ['node', '-e', script],
          env: Object.entries(env).map(([variable, value]) => ({ name: variable, value })),
          ports,
          terminationMessagePolicy: 'FallbackToLogsOnError',
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    },
  };
}
