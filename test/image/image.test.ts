import { once } from 'node:events';
import { chownSync, mkdirSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { statSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join, relative } from 'node:path';
import t from 'tap';

import { decodeProbeResult } from '../../src/probe/result.ts';
import { release } from '../support/leash.ts';
import { findOrBuild } from '../support/plugin-binaries.ts';
import { PLUGIN_TYPES } from '../support/plugin-releases.ts';
import { before } from '../support/deadline.ts';
import { send } from '../support/https-client.ts';
import { REPOSITORY, freePort } from '../support/program.ts';
import { guardArchive } from '../support/image/archive.ts';
import { prepareBuilder, temporaryFolder } from '../support/image/builder.ts';
import { createContainer, processOf } from './container.ts';
import { compressedBytes, loadImage } from '../support/image/image.ts';

/** The Dockerfile, built and run; the base image alone is not the one that it names. */

t.setTimeout(20 * 60_000);

const USER = 65532;
/** Bytes. What a newer Node may add and the guard's own code hardly can. */
const MOST_COMPRESSED = 50e6;
const MOST_ON_DISK = 125e6;
const NAME = 'localhost/eni-config-guard:test';

await prepareBuilder();
const { path: store, remove } = await temporaryFolder();
t.teardown(remove);
const config = await loadImage(store, await guardArchive(), NAME);
const container = await createContainer(store, NAME, config.Entrypoint);

interface File {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly size: number;
}

/** What lies in the image, before anything ran; links and folders are no files. */
const files: readonly File[] = readdirSync(container.root, { recursive: true, withFileTypes: true })
  // Node follows links to folders.
  .filter((entry) => entry.isFile() && realpathSync(entry.parentPath) === entry.parentPath)
  .map((entry) => join(entry.parentPath, entry.name))
  .map((path) => {
    const { mode, uid, size } = statSync(path);
    return { path: relative(container.root, path), mode, uid, size };
  });

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;

t.test('what the image says of itself', async (t) => {
  const { version, license } = JSON.parse(
    readFileSync(join(REPOSITORY, 'package.json'), 'utf8'),
  ) as { version: string; license: string };
  t.equal(config.User, `${USER}:${USER}`);
  t.strictSame(config.Entrypoint, [
    'node',
    '--max-semi-space-size=4',
    '--no-separate-gc-phases',
    '--v8-pool-size=1',
    '/app/dist/main.js',
  ]);
  t.equal(config.Labels['org.opencontainers.image.title'], 'eni-config-guard');
  t.equal(config.Labels['org.opencontainers.image.version'], version);
  t.equal(config.Labels['org.opencontainers.image.licenses'], license);
  t.strictSame(config.Env, ['PATH=/usr/local/bin', 'NODE_ENV=production']);
});

t.test('nothing is inside but Node, its libraries and the bundle', async (t) => {
  const EXPECTED = [
    /^usr\/local\/bin\/node$/,
    /^lib\/(ld-linux-[\w-]+|lib[\w+]+)\.so\.\d+$/,
    /^usr\/share\/doc\/([\w+-]+\/copyright|node-LICENSE)$/,
    /^var\/lib\/dpkg\/status\.d\/[\w+-]+$/,
    /^etc\/(group|os-release|passwd)$/,
    /^app\/(LICENSE|package\.json|dist\/(THIRD-PARTY-NOTICES\.txt|sbom\.cdx\.json|[\w-]+\.js))$/,
  ];
  for (const shape of EXPECTED)
    t.ok(
      files.some(({ path }) => shape.test(path)),
      String(shape),
    );
  const paths = (unwanted: (file: File) => boolean) =>
    files.filter(unwanted).map(({ path }) => path);
  t.strictSame(
    paths(({ path }) => !EXPECTED.some((shape) => shape.test(path))),
    [],
  );
  t.strictSame(
    paths(({ mode, path }) => (mode & 0o111) !== 0 && !/^lib\/|\/node$|main\.js$/.test(path)),
    [],
  );
  const notices = readFileSync(join(container.root, 'app/dist/THIRD-PARTY-NOTICES.txt'), 'utf8');
  t.match(notices, /^fastify \d+\.\d+\.\d+ \(MIT\)\n\n.*MIT License/m, 'licences come with it');
  t.strictSame(
    paths(({ mode, uid }) => uid !== 0 || (mode & 0o6022) !== 0),
    [],
    'only root writes',
  );
});

t.test('it answers reviews as a user without rights', async (t) => {
  const state = t.testdir({ 'config.yaml': '' });
  const [port, metricsPort] = [await freePort(), await freePort()];
  writeFileSync(
    join(state, 'config.yaml'),
    JSON.stringify({
      server: { drainSeconds: 0, metricsPort },
      tls: { directory: '/state/certs' },
    }),
  );
  chownSync(state, USER, USER);
  const args = ['serve', '--config', '/state/config.yaml', '--port', String(port)];
  const program = container.start(args, { '/state': state });
  t.teardown(() => release(program));
  const lines = createInterface({ input: program.stdout! });
  let stderr = '';
  program.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(program, 'close');
  const listens = new Promise<string>((resolve) => {
    lines.on('line', (line: string) => line.includes('"listening"') && resolve(line));
  });
  const started = await before(60, 'it to listen', Promise.race([listens, ended]));
  t.match(started, /"address":"https:/, stderr);
  const node = processOf([...config.Entrypoint, ...args]);
  const seconds = node.age();

  const endpoint = { port, ca: readFileSync(join(state, 'certs', 'ca.crt'), 'utf8') };
  t.equal((await send(endpoint, '/readyz', '', { method: 'GET' })).status, 200);
  const review = readFileSync(join(REPOSITORY, 'examples/review-with-a-typo.json'), 'utf8');
  const answer = await send(endpoint, '/validate', review);
  t.equal(answer.status, 200);
  const { response } = JSON.parse(answer.body) as {
    response: { allowed: boolean; status: { message: string } };
  };
  t.equal(response.allowed, false);
  t.match(response.status.message, 'there is no plugin "portmapp"');

  t.equal(node.status('Uid'), USER);
  t.equal(node.status('Gid'), USER);
  const idle = node.status('VmRSS');
  for (let count = 0; count < 300; count += 1) await send(endpoint, '/validate', review);
  const busy = node.status('VmRSS');
  t.ok(idle > 0 && seconds > 0);
  t.comment(`from start to listening ${seconds.toFixed(2)} s`);
  t.comment(`memory ${megabytes(idle)}, after 300 reviews ${megabytes(busy)}`);

  process.kill(node.pid, 'SIGTERM');
  t.strictSame(await before(20, 'the end', ended), [0, null]);
});

t.test('it asks real plugins for their version', async (t) => {
  const { plugins } = await findOrBuild();
  const state = t.testdir();
  mkdirSync(join(state, 'out'));
  chownSync(join(state, 'out'), USER, USER);
  const args = ['probe', '--directory', '/host/opt/cni/bin', '--output', '/out/termination-log'];
  const mounts = { '/host/opt/cni/bin:ro': plugins['1.7.1'], '/out': join(state, 'out') };
  const { code, stdout, stderr } = await container.run(args, mounts);
  t.equal(code, 0, stderr);
  t.match(
    stdout,
    `${PLUGIN_TYPES.length} executables, ${PLUGIN_TYPES.length} with a known version`,
  );
  const result = decodeProbeResult(readFileSync(join(state, 'out/termination-log'), 'utf8'));
  t.equal(result?.binaries.get('portmap')?.version, 'v1.7.1');
});

t.test('it has the pages of the rules', async (t) => {
  const { code, stdout, stderr } = await container.run(['explain', 'plugin-typo'], {});
  t.equal(code, 0, stderr);
  t.match(stdout, /^# plugin-typo\n[^]*there is no plugin "portmapp"/);
});

t.test('its size', async (t) => {
  const uncompressed = files.reduce((sum, { size }) => sum + size, 0);
  const compressed = await compressedBytes(store, NAME);
  t.ok(compressed > 0 && compressed < MOST_COMPRESSED, 'not too large to download');
  t.ok(uncompressed > compressed && uncompressed < MOST_ON_DISK, 'not too large on disk');
  t.comment(`${megabytes(compressed)} to download, ${megabytes(uncompressed)} on disk`);
});
