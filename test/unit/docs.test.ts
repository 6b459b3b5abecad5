import { readFileSync, readdirSync } from 'node:fs';
import { Ajv } from 'ajv';
import t from 'tap';
import { readConfig } from '../../src/config/load.ts';
import { GOOD } from '../support/config-maps.ts';
import { renderPages } from '../../scripts/docs/render.ts';

t.test('docs/ says what the code says; `npm run docs` brings it up to date', async (t) => {
  for (const [name, text] of Object.entries(renderPages())) {
    const stored = readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
    t.equal(stored, text, name);
  }
});

t.test('the blocked edit in README is the one that a real kubectl showed', async (t) => {
  const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  const comments = read('test/cluster/golden/edit-blocked.txt')
    .split('\n')
    .map((line) => line.replace(/^editor\| /, ''));
  const start = comments.findIndex((line) => line.startsWith('# configmaps'));
  const shown = comments.slice(start, comments.indexOf('#', start)).join('\n');
  t.ok(read('README.md').includes(`\`\`\`\n${shown}\n\`\`\``));
});

t.test('the transcripts in docs/gitops.md are of runs', async (t) => {
  const golden = new URL('../cluster/golden/', import.meta.url);
  const runs = readdirSync(golden)
    .filter((name) => name.startsWith('gitops-'))
    .map((name) => readFileSync(new URL(name, golden), 'utf8'));
  const page = readFileSync(new URL('../../docs/gitops.md', import.meta.url), 'utf8');
  const shown = [...page.matchAll(/^```\n(\$ .*?)^```$/gms)].map(
    ([, transcript = '']) => transcript,
  );
  t.equal(shown.length, 5);
  for (const transcript of shown)
    t.ok(
      runs.some((run) => run.includes(transcript)),
      transcript,
    );
});

t.test('the configuration in docs/configure.md is one that the guard takes', async (t) => {
  const page = readFileSync(new URL('../../docs/configure.md', import.meta.url), 'utf8');
  const yaml = /```yaml\n(mode: .*?)```/s.exec(page)?.[1];
  t.ok(yaml, 'there is one');
  t.doesNotThrow(() => readConfig(yaml!, 'configure.md'));
});

t.test('the schemas in docs/ take what the guard takes, and say what is wrong', async (t) => {
  const compiled = (name: string) => {
    const text = readFileSync(new URL(`../../docs/schemas/${name}.json`, import.meta.url), 'utf8');
    return new Ajv({ strict: false }).compile(JSON.parse(text) as object);
  };
  const conflist = compiled('10-terway.conflist');
  t.ok(conflist(JSON.parse(GOOD['10-terway.conflist']!)));
  t.notOk(conflist({ plugins: [{ type: 'portmap', masqAll: 'yes' }] }));
  const eniConf = compiled('eni_conf');
  t.ok(eniConf(JSON.parse(GOOD.eni_conf!)));
  t.notOk(eniConf({ max_pool_size: 'many' }));
  const cniChain = compiled('cni_chain');
  t.ok(cniChain([]), 'which switches the chain off');
  t.ok(
    cniChain([
      { type: 'portmap', snat: true },
      { type: 'of-another-vendor', x: 1 },
    ]),
  );
  for (const entry of [
    { type: 'portmap', snat: 'true' },
    { type: 'terway' },
    { type: 'tuning', name: 'a' },
    {},
  ]) {
    t.notOk(cniChain([entry]), JSON.stringify(entry));
  }
  t.notOk(cniChain(Array(17).fill({ type: 'tuning' })));
  t.notOk(cniChain({ plugins: [{ type: 'tuning' }] }));
  const configuration = compiled('configuration');
  t.ok(configuration({ mode: 'warn' }));
  t.notOk(configuration({ mode: 'strict' }));
});
