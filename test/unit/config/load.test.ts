import { join } from 'node:path';
import t from 'tap';
import { ConfigError, DEFAULT_CONFIG, loadConfig, readConfig } from '../../../src/config/load.ts';
import { DEFAULT_POLICY } from '../../../src/engine/core/policy.ts';
import { known } from '../../support/facts.ts';

/** The problems of a file called guard.yaml. */
function problemsOf(text: string): readonly string[] {
  try {
    readConfig(text, 'guard.yaml');
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

const lines = (...text: string[]) => `${text.join('\n')}\n`;

/** A file with the keys that most need; docs/configure.md has all of them. */
const EXAMPLE = lines(
  'mode: enforce               # enforce | warn | audit: ceiling for every rule',
  'rules: {}                   # <rule id>: off | audit | warn | deny',
  'onUnknownVersion: warn      # warn | deny',
  'firstEntry: strict          # strict | effective',
  'facts:',
  '  source: static            # static: only what stands here',
  '  terwayVersion: "1.15.2"',
  '  pluginVersions: {portmap: "1.7.1"}',
  '  kubeProxyMode: ipvs       # iptables | ipvs | nftables | none',
  '  datapath: datapathv2      # veth | datapathv2 | mixed',
  'minimumVersions: {}         # e.g. portmap.masqAll: "1.2.0"',
  'defaults:',
  '  mode: inject              # inject | suggest | off',
  '  portmap: {externalSetMarkChain: KUBE-MARK-MASQ}',
  'exempt: {users: [], groups: []}',
);

t.test('the documented example', (t) => {
  const {
    policy,
    facts: { known: facts },
  } = readConfig(EXAMPLE, 'guard.yaml');
  t.same(policy, DEFAULT_POLICY);
  t.same(facts, {
    terway: known({ raw: '1.15.2', normal: '1.15.2' }),
    plugins: new Map([['portmap', known({ raw: '1.7.1', normal: '1.7.1' })]]),
    kubeProxyMode: known('ipvs'),
    datapath: known('datapathv2'),
  });
  t.end();
});

t.test('what stands in the file becomes policy, facts and server', (t) => {
  const config = readConfig(
    lines(
      'mode: warn',
      'rules:',
      '  plugin-unknown: deny',
      '  json-syntax: off',
      'onUnknownVersion: deny',
      'firstEntry: effective',
      'facts:',
      '  terwayVersion: registry:5000/acs/terway:v1.17.0-d7c63c9e',
      '  pluginVersions:',
      '    tuning: v1.7.1',
      'minimumVersions:',
      '  portmap.masqAll: v1.2.0',
      '  terway.plugins: 1.9.0',
      'exempt:',
      '  users: [system:ack, bob]',
      '  groups: ["system:masters"]',
      'server:',
      '  drainSeconds: 0.5',
      '  metricsPort: 0',
      'tls:',
      '  directory: /certs',
    ),
    'guard.yaml',
  );
  t.same(config.policy, {
    mode: 'warn',
    rules: new Map([
      ['plugin-unknown', 'deny'],
      ['json-syntax', 'off'],
    ]),
    onUnknownVersion: 'deny',
    firstEntry: 'effective',
    minimumVersions: new Map([
      ['portmap.masqAll', '1.2.0'],
      ['terway.plugins', '1.9.0'],
    ]),
    exempt: { users: new Set(['system:ack', 'bob']), groups: new Set(['system:masters']) },
  });
  t.same(config.facts.known, {
    terway: known({ raw: 'v1.17.0-d7c63c9e', normal: '1.17.0' }),
    plugins: new Map([['tuning', known({ raw: 'v1.7.1', normal: '1.7.1' })]]),
  });
  t.same(config.server, { drainSeconds: 0.5, metricsPort: 0 });
  t.equal(config.tls.directory, '/certs');
  t.end();
});

t.test('a file without content is the default: enforce, nothing known', (t) => {
  t.same(DEFAULT_CONFIG.policy, DEFAULT_POLICY);
  t.same(DEFAULT_CONFIG.facts.known, { plugins: new Map() });
  t.same(DEFAULT_CONFIG.server, { drainSeconds: 10, metricsPort: 8444 });
  t.equal(DEFAULT_CONFIG.tls.directory, 'certs');
  for (const text of ['', '\n', '# nothing yet\n', '---\n', 'null\n', '{}']) {
    t.same(readConfig(text, 'guard.yaml'), DEFAULT_CONFIG, JSON.stringify(text));
  }
  t.end();
});

t.test('byte-order mark and Windows line ends are no problem', (t) => {
  t.equal(readConfig('\ufeffmode: warn\r\nfirstEntry: effective\r\n', 'x').policy.mode, 'warn');
  t.end();
});

t.test('each problem is one line with file, line and key', (t) => {
  const files: [name: string, text: string, problem: string][] = [
    ['a slip in a key', lines('mod: warn'), 'guard.yaml:1: mod: unknown key; did you mean "mode"?'],
    [
      'an unknown key',
      lines('', 'verbose: true'),
      'guard.yaml:2: verbose: unknown key; known are mode, rules, onUnknownVersion, firstEntry, facts, minimumVersions, defaults, exempt, server, tls, audit, breakGlass, restartGate and floor',
    ],
    [
      'a slip in a rule id',
      lines('rules:', '  json-sintax: off'),
      'guard.yaml:2: rules.json-sintax: unknown key; did you mean "json-syntax"?',
    ],
    [
      'a rule that is none',
      lines('rules:', '  everything: off'),
      'guard.yaml:2: rules.everything: unknown key',
    ],
    [
      'a slip in a nested key',
      lines('server: {drainSecond: 3}'),
      'guard.yaml:1: server.drainSecond: unknown key; did you mean "drainSeconds"?',
    ],
    [
      'a slip in a plugin',
      lines('facts:', '  pluginVersions:', '    portmapp: "1.7.1"'),
      'guard.yaml:3: facts.pluginVersions.portmapp: unknown key; did you mean "portmap"?',
    ],
    [
      'a field in another letter case',
      lines('minimumVersions:', '  portmap.masqall: "1.2.0"'),
      'guard.yaml:2: minimumVersions.portmap.masqall: unknown key; did you mean "portmap.masqAll"?',
    ],
    [
      'a key that is a trap elsewhere',
      lines('rules:', '  __proto__: off'),
      'guard.yaml:2: rules.__proto__: unknown key',
    ],
    [
      'a value that is none of those allowed',
      lines('mode: enforced'),
      'guard.yaml:1: mode: must be enforce, warn or audit',
    ],
    [
      'a boolean for a word',
      lines('firstEntry: true'),
      'guard.yaml:1: firstEntry: must be strict, effective or documented',
    ],
    [
      'a rule with a severity that is none',
      lines('rules:', '  json-syntax: error'),
      'guard.yaml:2: rules.json-syntax: must be off, audit, warn or deny',
    ],
    [
      'lists too far apart',
      lines('facts:', '  staleAfterSeconds: 600', '  refreshSeconds: 301'),
      'guard.yaml:3: facts.refreshSeconds: with refreshSeconds 301 and staleAfterSeconds 600 facts ' +
        'go stale between lists; lower refreshSeconds to 300, or raise staleAfterSeconds to 602',
    ],
    [
      'facts that go stale too soon',
      lines('facts:', '  staleAfterSeconds: 599'),
      'guard.yaml:2: facts.staleAfterSeconds: with refreshSeconds 300 and staleAfterSeconds 599 ' +
        'facts go stale between lists; lower refreshSeconds to 299, or raise staleAfterSeconds to 600',
    ],
    ['a list for a map', lines('facts: []'), 'guard.yaml:1: facts: must be a map of keys'],
    ['a list for the file', lines('- mode'), 'guard.yaml:1: the file: must be a map of keys'],
    ['a word for the file', lines('warn'), 'guard.yaml:1: the file: must be a map of keys'],
    [
      'a word for a list',
      lines('exempt:', '  users: bob'),
      'guard.yaml:2: exempt.users: must be of type array',
    ],
    [
      'a number in a list of names',
      lines('exempt:', '  users:', '    - bob', '    - 7'),
      'guard.yaml:4: exempt.users.1: must be text; put it in quotes',
    ],
    [
      'an empty name',
      lines('exempt:', '  groups: [""]'),
      'guard.yaml:2: exempt.groups.0: must not be empty',
    ],
    [
      'a version that YAML takes for a number',
      lines('facts:', '  terwayVersion: 1.15'),
      'guard.yaml:2: facts.terwayVersion: must be text; put it in quotes',
    ],
    [
      'a plugin version that YAML takes for a number',
      lines('facts:', '  pluginVersions:', '    portmap: 1.7'),
      'guard.yaml:3: facts.pluginVersions.portmap: must be text; put it in quotes',
    ],
    [
      'an empty version',
      lines('facts:', '  terwayVersion: ""'),
      'guard.yaml:2: facts.terwayVersion: must not be empty',
    ],
    [
      'a version that is none',
      lines('facts:', '  terwayVersion: latest'),
      'guard.yaml:2: facts.terwayVersion: "latest" is not a version such as "1.15.2" or an image tag',
    ],
    [
      'a plugin version that is none',
      lines('facts:', '  pluginVersions: {portmap: "1.7"}'),
      'guard.yaml:2: facts.pluginVersions.portmap: "1.7" is not a version such as "1.15.2" or an image tag',
    ],
    [
      'a floor that is none',
      lines('minimumVersions:', '  portmap.masqAll: newest'),
      'guard.yaml:2: minimumVersions.portmap.masqAll: "newest" is not a version such as "1.15.2" or an image tag',
    ],
    [
      'a number too small',
      lines('server:', '  drainSeconds: -1'),
      'guard.yaml:2: server.drainSeconds: must be >= 0',
    ],
    [
      'a number too large',
      lines('server:', '  metricsPort: 70000'),
      'guard.yaml:2: server.metricsPort: must be <= 65535',
    ],
    [
      'half a port',
      lines('server:', '  metricsPort: 80.5'),
      'guard.yaml:2: server.metricsPort: must be of type integer',
    ],
    [
      'control characters in a key',
      lines('"a\\e[2Jb": 1'),
      'guard.yaml:1: a\\u001b[2Jb: unknown key; known are mode, rules, onUnknownVersion, firstEntry, facts, minimumVersions, defaults, exempt, server, tls, audit, breakGlass, restartGate and floor',
    ],
    [
      'a key twice',
      lines('mode: warn', 'mode: audit'),
      'guard.yaml:2: not valid YAML: Map keys must be unique',
    ],
    [
      'tabs',
      lines('facts:', '\tterwayVersion: "1.15.2"'),
      'guard.yaml:2: not valid YAML: Tabs are not allowed as indentation',
    ],
    [
      'a bracket that is not closed',
      lines('exempt:', '  users: [bob'),
      'guard.yaml:3: not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    [
      'two documents',
      lines('mode: warn', '---', 'mode: audit'),
      'guard.yaml:2: not valid YAML: Source contains multiple documents; please use YAML.parseAllDocuments()',
    ],
  ];
  for (const [name, text, problem] of files) t.same(problemsOf(text), [problem], name);
  t.end();
});

t.test('all problems are told at once', (t) => {
  t.same(
    problemsOf(
      lines(
        'mode: strict',
        'rules:',
        '  json-syntax: never',
        '  json-sintax: off',
        'facts:',
        '  kubeProxyMode: ebpf',
      ),
    ),
    [
      'guard.yaml:1: mode: must be enforce, warn or audit',
      'guard.yaml:4: rules.json-sintax: unknown key; did you mean "json-syntax"?',
      'guard.yaml:3: rules.json-syntax: must be off, audit, warn or deny',
      'guard.yaml:6: facts.kubeProxyMode: must be iptables, ipvs, nftables or none',
    ],
  );
  t.same(
    problemsOf(lines('facts:', '  terwayVersion: new', '  pluginVersions:', '    portmap: old')),
    [
      'guard.yaml:2: facts.terwayVersion: "new" is not a version such as "1.15.2" or an image tag',
      'guard.yaml:4: facts.pluginVersions.portmap: "old" is not a version such as "1.15.2" or an image tag',
    ],
  );
  t.end();
});

t.test('a ConfigError has one line for each problem', (t) => {
  try {
    readConfig(lines('mode: x', 'firstEntry: y'), 'guard.yaml');
    t.fail('accepted');
  } catch (error) {
    t.type(error, ConfigError);
    t.equal(
      (error as ConfigError).message,
      'guard.yaml:1: mode: must be enforce, warn or audit\n' +
        'guard.yaml:2: firstEntry: must be strict, effective or documented',
    );
  }
  t.end();
});

t.test('aliases are for reuse, not for bombs', (t) => {
  const { policy } = readConfig(
    lines('exempt:', '  users: &names [bob]', '  groups: *names'),
    'guard.yaml',
  );
  t.same(policy.exempt, { users: new Set(['bob']), groups: new Set(['bob']) });

  const nine = (item: string) => `[${Array<string>(9).fill(item).join()}]`;
  t.same(
    problemsOf(
      lines(
        `a: &a ${nine('x')}`,
        `b: &b ${nine('*a')}`,
        `c: &c ${nine('*b')}`,
        `d: &d ${nine('*c')}`,
        `e: ${nine('*d')}`,
      ),
    ),
    ['guard.yaml: uses more YAML aliases than any configuration needs'],
  );
  t.end();
});

t.test('an alias of nothing is told as that, with its line', (t) => {
  const [problem = ''] = problemsOf(lines('mode: warn', 'firstEntry: *missing'));
  t.match(problem, /^guard\.yaml:2: /);
  t.notMatch(problem, 'more YAML aliases than');
  t.end();
});

t.test('a file is read from disk', (t) => {
  const directory = t.testdir({ 'guard.yaml': EXAMPLE, 'wrong.yaml': 'mode: off\n' });
  t.same(loadConfig(join(directory, 'guard.yaml')), readConfig(EXAMPLE, 'guard.yaml'));
  t.throws(() => loadConfig(join(directory, 'wrong.yaml')), {
    name: 'ConfigError',
    message: `${join(directory, 'wrong.yaml')}:1: mode: must be enforce, warn or audit`,
  });
  t.end();
});

t.test('a file that cannot be read is told by name', (t) => {
  const directory = t.testdir({});
  const paths: [path: string, message: string][] = [
    [join(directory, 'none.yaml'), `${join(directory, 'none.yaml')}: can't be read (ENOENT)`],
    [directory, `${directory}: can't be read (EISDIR)`],
    ['/no\u001b[2J/guard.yaml', "/no\\u001b[2J/guard.yaml: can't be read (ENOENT)"],
  ];
  for (const [path, message] of paths) {
    t.throws(() => loadConfig(path), { name: 'ConfigError', message });
  }
  t.end();
});

t.test('a key whose children are all commented out says nothing', (t) => {
  t.same(readConfig('rules:\nfacts:\n  # terwayVersion: "1.15.2"\n', 'guard.yaml'), DEFAULT_CONFIG);
  t.end();
});
