import { join } from 'node:path';
import t from 'tap';
import { pathsMatching } from '../../../src/cli/files/pattern.ts';

t.test('a pattern names what a shell would find for it', async (t) => {
  const root = t.testdir({
    'a.yaml': '',
    'a+b.yaml': '',
    'b.yml': '',
    '.hidden.yaml': '',
    deep: { 'a.yaml': '', deeper: { 'c.yaml': '' }, '.git': { 'd.yaml': '' } },
    'we[ird': { 'a.yaml': '' },
    around: t.fixture('symlink', '.'),
  });
  const found = (pattern: string) =>
    pathsMatching(join(root, pattern)).map((path) => path.slice(root.length + 1));
  t.same(found('*.yaml'), ['a+b.yaml', 'a.yaml']);
  t.same(found('.*.yaml'), ['.hidden.yaml']);
  t.same(found('?.{yaml,yml}'), ['a.yaml', 'b.yml']);
  t.same(found('[!b].yaml'), ['a.yaml']);
  t.same(found('{a,deep/{a,deeper/c}}.yaml'), ['a.yaml', 'deep/a.yaml', 'deep/deeper/c.yaml']);
  t.same(found('a+*'), ['a+b.yaml']);
  t.same(found('deep/**/*.yaml'), ['deep/a.yaml', 'deep/deeper/c.yaml']);
  t.same(found('**/c.yaml'), ['deep/deeper/c.yaml']);
  t.same(found('dee?'), ['deep']);
  t.same(found('we[ird/*'), ['we[ird/a.yaml'], 'a bracket that nothing closes is itself');
  t.same(found('[z-a].yaml'), []);
  t.same(found('none*/x'), []);
  t.same(found('a.yaml/*'), []);
});
