import { dirname, join } from 'node:path';
import t from 'tap';
import { configMap } from '../support/changes.ts';
import { BASE_VETH, TYPO } from '../support/config-maps.ts';
import { commandsOf } from '../support/documented-commands.ts';
import { yamlManifest } from '../support/manifests.ts';
import { run } from '../support/output.ts';
import { MAIN } from '../support/program.ts';
import { shellEnvironment } from './repositories.ts';

/**
 * Commands of the pages that need no cluster, as a shell runs them. Of kubectl and helm only what they
 * print before the pipe counts here; stand-ins print that.
 */

const REFUSAL = 'failed calling webhook "eni-config-guard.invalid": context deadline exceeded';

t.test('every command that needs no cluster is understood', async (t) => {
  const manifest = yamlManifest(configMap(BASE_VETH));
  const cwd = t.testdir({
    'eni-config.yaml': manifest,
    manifests: { 'eni-config.yaml': manifest },
    bin: {
      'eni-config-guard': t.fixture('symlink', MAIN),
      helm: '#!/bin/sh\ncat eni-config.yaml\n',
      kubectl: `#!/bin/sh\necho '${REFUSAL}' >&2\nexit 1\n`,
    },
  });
  const env = shellEnvironment([join(cwd, 'bin'), dirname(process.execPath)]);
  const shell = (line: string) => run('sh', ['-c', line], { cwd, env });
  const prepared = await shell(
    'chmod +x bin/helm bin/kubectl && git init --quiet && git add . && ' +
      'git -c user.name=a -c user.email=a@example.com commit --quiet --message=a',
  );
  t.equal(prepared.code, 0, prepared.stderr);
  const commands = ['docs/command-line.md', 'docs/doctor.md']
    .flatMap(commandsOf)
    .filter(({ command }) => /^eni-config-guard|\| eni-config-guard/.test(command))
    .filter(({ command }) => !command.includes(' --node '));
  t.ok(commands.length > 4);
  for (const { page, command } of commands) {
    const { code, stdout, stderr } = await shell(command);
    t.not(stdout, '', `${page}: ${command}`);
    // 1 is an answer: something is wrong. 2 is a call that is not understood.
    t.ok(code === 0 || code === 1, `${page}: ${command}: ${code} ${stderr}`);
  }
  t.equal((await shell('eni-config-guard lint -')).code, 2, 'which nothing else is');
  t.equal((await run(MAIN, ['lint', '-'], { stdin: yamlManifest(configMap(TYPO)) })).code, 1);
});
