import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ConfigurationFile } from '../../../src/cli/compose/configuration.ts';
import { digestOf } from '../../../src/config/digest.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { readGuardConfiguration } from '../../../src/kube/guard-configuration.ts';
import { FAILURES, answeringApi } from '../../support/answering-api.ts';
import { logLines } from '../../support/log-lines.ts';

t.test('a text that was not installed is refused, naming both digests and the way', async (t) => {
  const file = join(t.testdir({ 'config.yaml': 'mode: warn\n' }), 'config.yaml');
  const [installed, found] = [digestOf('mode: enforce\n'), digestOf('mode: warn\n')];
  t.throws(() => loadConfig(file, installed), {
    name: 'ConfigError',
    message: new RegExp(`sha256 ${found}, installed ${installed}.*helm upgrade`),
  });
  t.equal(loadConfig(file, found).policy.mode, 'warn');
  t.equal(loadConfig(file).policy.mode, 'warn');
});

t.test('a change of the file in use is said once, and so is its end', async (t) => {
  const file = join(t.testdir({ 'config.yaml': 'mode: enforce\n' }), 'config.yaml');
  const { log, lines } = logLines();
  const configuration = new ConfigurationFile(file, log);
  await configuration.look();
  t.notOk(configuration.isChanged);
  writeFileSync(file, 'mode: warn\n');
  for (let looks = 0; looks < 3; looks += 1) await configuration.look();
  t.ok(configuration.isChanged);
  rmSync(file);
  await configuration.look();
  t.ok(configuration.isChanged, 'one that is gone for a moment tells nothing');
  writeFileSync(file, 'mode: enforce\n');
  await configuration.look();
  t.notOk(configuration.isChanged);
  t.equal(lines.length, 2);
  t.match(lines[0], /^warn .*was changed; it is not read before a restart/);
  t.match(lines[0], digestOf('mode: warn\n'));
  t.match(lines[1], /^info .*in use again/);
});

t.test('the cluster is asked for the text and the digest it was installed with', async (t) => {
  const configMap = { data: { 'config.yaml': 'mode: warn\n' } };
  const deployment = (...args: string[]) => ({
    spec: { template: { spec: { containers: [{ args }] } } },
  });
  const read = async (...answers: readonly unknown[]) =>
    readGuardConfiguration(answeringApi(...answers).api, 'network');
  t.same(await read(configMap, deployment('serve', '--config-digest', 'abc')), {
    text: 'mode: warn\n',
    installed: 'abc',
  });
  t.equal(await read(configMap, deployment('serve')), undefined);
  t.equal(await read({}, deployment('serve', '--config-digest', 'abc')), undefined);
  t.equal(await read(FAILURES.forbidden, FAILURES.forbidden), undefined);
});
