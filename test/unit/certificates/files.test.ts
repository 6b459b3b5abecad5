import { cpSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { CaFile, PairFiles } from '../../../src/certificates/files.ts';
import { type LocalCertificate, localCertificate } from '../../../src/certificates/local.ts';
import { logLines } from '../../support/log-lines.ts';

/** Pairs of different CAs, made once: keys cost more time than most tests. */
const made = t.testdir();
const one = await localCertificate(join(made, 'one'));
const two = await localCertificate(join(made, 'two'));

/** A directory with the files of the first. */
function directoryOfOne(t: Test): string {
  const directory = t.testdir({});
  cpSync(join(made, 'one'), directory, { recursive: true });
  return directory;
}

/** A mounted Secret as the kubelet writes it: files by way of `..data`, which is swapped whole. */
class Mount {
  readonly directory: string;
  #generation = 0;

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true });
    this.directory = directory;
  }

  /** Follows AtomicWriter of Kubernetes: a directory beside the others, then one rename. */
  write({ ca, certificate, key }: LocalCertificate): void {
    const former = `..generation_${this.#generation}`;
    const current = `..generation_${++this.#generation}`;
    const files = { 'ca.crt': ca, 'tls.crt': certificate, 'tls.key': key };
    mkdirSync(join(this.directory, current));
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(this.directory, current, name), text);
    }
    symlinkSync(current, join(this.directory, '..data_tmp'));
    renameSync(join(this.directory, '..data_tmp'), join(this.directory, '..data'));
    rmSync(join(this.directory, former), { recursive: true, force: true });
    if (this.#generation > 1) return;
    for (const name of Object.keys(files)) {
      symlinkSync(join('..data', name), join(this.directory, name));
    }
  }
}

function watched(directory: string) {
  const { log, lines } = logLines();
  const pair = new PairFiles(directory, log);
  const ca = new CaFile(directory, log);
  /** What both make of the files. */
  const newest = async () => ({ pair: await pair.newest(), ca: await ca.newest() });
  return { pair, newest, lines };
}

t.test('files that are swapped as the kubelet does it are taken over', async (t) => {
  const mount = new Mount(t.testdir({}));
  const { newest, lines } = watched(mount.directory);
  for (const name of ['one', 'two', 'three']) {
    const pair = await localCertificate(join(mount.directory, `..made-${name}`));
    mount.write(pair);
    t.same(await newest(), {
      pair: { certificate: pair.certificate, key: pair.key },
      ca: { caBundle: pair.ca, isCurrent: true },
    });
  }
  t.same(lines, []);
});

t.test('a look in the middle of swaps sees a whole pair or the former one', async (t) => {
  const pairs = [one, two];
  const mount = new Mount(t.testdir({}));
  mount.write(one);
  const { pair: source } = watched(mount.directory);
  const offers = new Set([(await source.newest())!]);
  for (let swaps = 1; swaps <= 200; swaps += 1) {
    const look = source.newest();
    // Lets the look get to one of its files, in another place each time.
    for (let turns = 0; turns < swaps % 5; turns += 1) await new Promise(setImmediate);
    mount.write(pairs[swaps % 2]!);
    offers.add((await look)!);
  }
  for (const { certificate, key } of offers) {
    const whole = pairs.find((pair) => pair.certificate === certificate);
    t.equal(key, whole?.key);
  }
});

const NO_BLOCK = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

t.test('torn and wrong files leave the former pair, and are said once', async (t) => {
  const directory = directoryOfOne(t);
  const write = (name: string, text: string) => writeFileSync(join(directory, name), text);
  const spoilt: Readonly<Record<string, () => void>> = {
    'a certificate without its key': () => write('tls.crt', two.certificate),
    'half a certificate': () => write('tls.crt', one.certificate.slice(0, 300)),
    'an empty certificate': () => write('tls.crt', ''),
    'half a key': () => write('tls.key', one.key.slice(0, 300)),
    'an intermediate certificate that is none': () => write('tls.crt', one.certificate + NO_BLOCK),
    'a CA that is none': () => write('ca.crt', 'hello'),
    'no key': () => rmSync(join(directory, 'tls.key')),
  };
  for (const [what, spoil] of Object.entries(spoilt)) {
    const { newest, lines } = watched(directory);
    const before = await newest();
    spoil();
    const isCurrent = what !== 'a CA that is none';
    for (let looks = 0; looks < 4; looks += 1) {
      t.same(await newest(), { ...before, ca: { caBundle: one.ca, isCurrent } }, what);
    }
    t.equal(lines.length, 1, what);
    t.match(lines[0], /warn.*the former ones are still used/);
    t.notMatch(lines[0], /BEGIN|PRIVATE/);
    write('tls.crt', one.certificate);
    write('tls.key', one.key);
    write('ca.crt', one.ca);
    t.same(await newest(), before);
    t.match(lines[1], /info.*can be used again/);
  }
});

t.test('what is wrong for one look only is not said', async (t) => {
  const directory = directoryOfOne(t);
  const { pair: source, lines } = watched(directory);
  await source.newest();
  writeFileSync(join(directory, 'tls.crt'), two.certificate);
  await source.newest();
  writeFileSync(join(directory, 'tls.crt'), one.certificate);
  await source.newest();
  t.same(lines, []);
});

t.test('nothing is offered before there are files', async (t) => {
  const { newest } = watched(t.testdir({}));
  t.same(await newest(), { pair: undefined, ca: undefined });
});

t.test('a pair takes no ca.crt', async (t) => {
  const directory = directoryOfOne(t);
  rmSync(join(directory, 'ca.crt'));
  t.same(await watched(directory).pair.newest(), { certificate: one.certificate, key: one.key });
});
