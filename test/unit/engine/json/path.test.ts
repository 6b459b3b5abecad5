import t from 'tap';
import { type JsonPath, formatPath, stepsOfPointer } from '../../../../src/engine/json/path.ts';

t.test('a path is written as people write it', (t) => {
  const paths: [path: JsonPath, text: string][] = [
    [[], ''],
    [['plugins'], 'plugins'],
    [['plugins', 1], 'plugins[1]'],
    [['plugins', 1, 'masqAll'], 'plugins[1].masqAll'],
    [['plugins', 1, 'capabilities', 'portMappings'], 'plugins[1].capabilities.portMappings'],
    [[0, 1], '[0][1]'],
    [['alibaba-cloud'], 'alibaba-cloud'],
    [['__proto__'], '__proto__'],
  ];
  for (const [path, text] of paths) t.equal(formatPath(path), text, JSON.stringify(path));
  t.end();
});

t.test('a name that is no plain word stands in quotes', (t) => {
  const paths: [path: JsonPath, text: string][] = [
    [['sysctl', 'net.ipv6.conf.all.disable_ipv6'], 'sysctl["net.ipv6.conf.all.disable_ipv6"]'],
    [['eni_tags', 'ack.aliyun.com'], 'eni_tags["ack.aliyun.com"]'],
    [['plugins', 0, ''], 'plugins[0][""]'],
    [['1'], '["1"]'],
    [['1', 'a'], '["1"].a'],
    [['-a'], '["-a"]'],
    [['a b'], '["a b"]'],
    [['a"b'], '["a\\"b"]'],
    [['a]b'], '["a]b"]'],
    [['caf\u00e9'], '["caf\u00e9"]'],
  ];
  for (const [path, text] of paths) t.equal(formatPath(path), text, JSON.stringify(path));
  t.end();
});

t.test('names are cut when long and safe to show', (t) => {
  t.equal(formatPath(['a'.repeat(64)]), 'a'.repeat(64));
  t.equal(formatPath(['a'.repeat(65)]), `["${'a'.repeat(65)}"]`);
  t.equal(formatPath(['a'.repeat(500)]), `["${'a'.repeat(80)}..."]`);
  t.equal(formatPath(['\u001b[2J']), '["\\u001b[2J"]');
  t.equal(formatPath(['a\nb']), '["a\\nb"]');
  t.equal(formatPath(['a\u2028b']), '["a\\u2028b"]');
  t.equal(formatPath(['\ud800']), '["\\ud800"]');
  t.end();
});

t.test('a JSON pointer is taken apart', (t) => {
  t.same(stepsOfPointer(''), []);
  t.same(stepsOfPointer('/a/0/b'), ['a', '0', 'b']);
  t.same(stepsOfPointer('/a~1b~1c/~0d~0/~01'), ['a/b/c', '~d~', '~1']);
  t.end();
});
