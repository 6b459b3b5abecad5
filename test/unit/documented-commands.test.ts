import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { documentedCommands } from '../support/documented-commands.ts';
import { REPOSITORY } from '../support/program.ts';

/** What executes each command that a page tells people to type, or why nothing here can. */

/** The file that executes it, and what shows that it does. */
type Executed = readonly [file: string, shows: RegExp];
/** Why it can't be. */
type NotExecuted = string;

const PAGES: Readonly<Record<string, Executed>> = {
  'docs/install.md': ['test/cluster/stories/guide.ts', /install\$\{language}\.md/],
  'docs/operate.md': ['test/cluster/stories/guide.ts', /operate\$\{language}\.md/],
  'docs/security.md': ['test/cluster/stories/guide.ts', /'security\.md'/],
};

const FOLLOWED: Executed = ['test/cluster/stories/guide.ts', /startsWith\('kubectl exec'\)/];
const LOCAL: Executed = ['test/integrations/documented-commands.test.ts', /commandsOf/];
const CI = (shows: RegExp): Executed => ['.ci/run', shows];
const A_SUITE = 'it runs tests, or is for looking around';
const NO_DOCKER = 'there is no docker here: test/image builds the Dockerfile with buildah';
const NO_RELEASE = 'there is no release yet, nor the services that one is kept in';

/** By how a command begins; of several that fit, the first counts. */
const COMMANDS: readonly (readonly [begins: string, how: Executed | NotExecuted])[] = [
  ['npm ci && npm start', ['test/program/npm-start.test.ts', /'start'/]],
  ['npm ci && npm test', CI(/suite 'npm test' npm test/)],
  ['npm ci && ln -s', ['test/integrations/kubectl-plugin.test.ts', /'kubectl-eni_config'/]],
  ['npm ci', CI(/npm ci/)],
  ['npm test', CI(/suite 'npm test' npm test/)],
  ['npm run playground', ['test/cluster/playground.test.ts', /startPlayground\(\)/]],
  ['npm run test:lab:long', A_SUITE],
  ['npm run test:lab', CI(/npm run test:lab/)],
  ['npm run test:proofs', CI(/npm run test:proofs/)],
  ['npm run lab', A_SUITE],
  ['docker ', NO_DOCKER],
  ['cosign ', NO_RELEASE],
  [
    'helm upgrade eni-config-guard charts/eni-config-guard -n kube-system --reset-then-reuse-values --set certificates.source=cert-manager',
    [
      'test/cluster/stories/certificate-source.ts',
      /block\.includes\('certificates\.source=cert-manager'\)/,
    ],
  ],
  ['helm install', ['test/cluster/stories/guide.ts', /install\$\{language}\.md/]],
  ['kubectl exec', FOLLOWED],
  ['kubectl eni-config', ['test/integrations/kubectl-plugin.test.ts', /'eni-config', 'lint'/]],
  [
    'kubectl krew install',
    ['test/integrations/kubectl-plugin.test.ts', /await krew\(\), \['install'/],
  ],
  [
    'eni-config-guard status',
    ['test/cluster/audit.test.ts', /eni-config-guard status --kubeconfig/],
  ],
  ['eni-config-guard render --node', ['test/program/render.test.ts', /'--node', 'eni-config'/]],
  ['eni-config-guard rollout --dry-run', ['test/cluster/stories/rollout.ts', /rollout --dry-run/]],
  [
    'eni-config-guard rollout --rollback',
    ['test/cluster/stories/rollout.ts', /rollout --rollback/],
  ],
  ['eni-config-guard history', ['test/program/history.test.ts', /'history', 'diff', '1', '2'/]],
  ['eni-config-guard rollback', ['test/cluster/history.test.ts', /'rollback', number/]],
  [
    'kubectl get secret -n kube-system eni-config-guard-history',
    ['test/cluster/history.test.ts', /kubectl get secret \.\* .*README\.md/s],
  ],
  [
    'kubectl patch secret -n kube-system eni-config-guard-history',
    ['test/cluster/history.test.ts', /plane\.shell\(BEGIN_ANEW\)/],
  ],
  [
    'eni-config-guard rollout --pause-after-canary',
    ['test/unit/rollout/waves/run.test.ts', /after the pause the canary/],
  ],
  [
    'eni-config-guard rollout',
    ['test/cluster/stories/rollout.ts', /eni-config-guard rollout --yes/],
  ],
  ['eni-config-guard nodes --verify', ['test/cluster/stories/nodes.ts', /nodes\('--verify'\)/]],
  ['eni-config-guard nodes', ['test/cluster/nodes.test.ts', /nodes --selector pool=b/]],
  ['kubectl edit cm', ['test/cluster/blocked-edit.test.ts', /kubectl edit/]],
  ['eni-config-guard lint', LOCAL],
  ['eni-config-guard render', LOCAL],
  ['eni-config-guard doctor', LOCAL],
  ['helm template . | eni-config-guard', LOCAL],
  ['kubectl apply -f eni-config.yaml 2>&1 | eni-config-guard', LOCAL],
];

const howOf = (page: string, command: string) =>
  COMMANDS.find(([begins]) => command.startsWith(begins))?.[1] ?? PAGES[page];

t.test('every command of the pages is executed by a test, or it is said why not', async (t) => {
  const commands = documentedCommands();
  t.ok(commands.length > 30);
  for (const { page, command } of commands) {
    const how = howOf(page, command);
    if (typeof how === 'string') continue;
    if (how === undefined) {
      t.fail(`${page}: ${command}`);
      continue;
    }
    const [file, shows] = how;
    const path = join(REPOSITORY, file);
    t.match(existsSync(path) ? readFileSync(path, 'utf8') : '', shows, `${page}: ${command}`);
  }
});

t.test('nothing is said of commands that no page has', async (t) => {
  const commands = documentedCommands();
  for (const [begins] of COMMANDS) {
    t.ok(
      commands.some(({ command }) => command.startsWith(begins)),
      begins,
    );
  }
});
