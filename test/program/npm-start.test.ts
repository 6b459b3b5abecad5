import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

t.test('npm start passes SIGTERM on, so that the guard drains and leaves no orphan', async (t) => {
  const directory = t.testdir({
    'config.yaml': `server: {drainSeconds: 0, metricsPort: 0}\ntls: {directory: ${join(t.testdirName, 'certs')}}\n`,
  });
  const npm = spawn(
    'npm',
    ['start', '--silent', '--', '--config', join(directory, 'config.yaml'), '--port', '0'],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  t.teardown(() => npm.kill('SIGKILL'));
  let output = '';
  // The pipe ends when the last process that holds it has ended, npm or an orphan of it.
  const ended = new Promise<void>((resolve) => npm.stdout.once('close', resolve));
  npm.stdout.on('data', (chunk: Buffer) => {
    const wasListening = output.includes('"msg":"listening"');
    output += chunk.toString();
    if (!wasListening && output.includes('"msg":"listening"')) npm.kill('SIGTERM');
  });
  await ended;
  t.match(output, '"address":"https://127.0.0.1:');
  t.match(output, '"msg":"draining"');
  t.match(output, '"msg":"stopped"');
});
