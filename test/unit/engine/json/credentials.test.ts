import t from 'tap';
import {
  isCredentialName,
  masked,
  maskedStretch,
} from '../../../../src/engine/json/credentials.ts';

const SECRET = 'LTAI5tCANARY';
const STARS = '*'.repeat(SECRET.length);

t.test('names that look like those of credentials', async (t) => {
  const names = [
    'access_key',
    'ACCESS_KEY',
    'accessKeyId',
    'AccessKeySecret',
    'access_secret',
    'secretRef',
    'authToken',
    'password',
    'db-passwd',
    'credentials',
    'private-key',
    'apiKey',
    'Authorization',
  ];
  for (const name of names) t.ok(isCredentialName(name), name);
  for (const name of ['type', 'mtu', 'key', 'passthrough', 'accessList', 'sysctl']) {
    t.notOk(isCredentialName(name), name);
  }
});

t.test('only the value is hidden where the text is whole', async (t) => {
  const texts = [
    `{"access_key": "${SECRET}", "mtu": 1500}`,
    `{"password":"${SECRET}","mtu":1500}`,
    `{'token': '${SECRET}', 'mtu': 1500}`,
    `{token: ${SECRET}, mtu: 1500}`,
    `{"token": "${SECRET}"}]}`,
    `{"token": "${SECRET}" "mtu": 1500}`,
    `{"token" "${SECRET}", "mtu": 1500}`,
    `{"token": "${SECRET}", // why\n"mtu": 1500}`,
    `{"token":\n"${SECRET}",\n"mtu": 1500}`,
    `token: ${SECRET}\nmtu: 1500`,
    `token = ${SECRET}\nmtu: 1500`,
    `{\\"token\\": \\"${SECRET}\\", \\"mtu\\": 1500}`,
    `{&quot;token&quot;: &quot;${SECRET}&quot;, &quot;mtu&quot;: 1500}`,
    `“token”：“${SECRET}”，“mtu”：1500`,
  ];
  for (const text of texts) t.equal(masked(text), text.replace(SECRET, STARS), text);
});

t.test('what has nothing to hide stays as it is', async (t) => {
  const texts = [
    '{"type": "portmap", "snat": true}',
    '{"type": "token-bucket"}',
    '{"token": }\n{"mtu": 1500}',
    '{"a": {"token": }, "mtu": 1500}',
    '{"token"\n"mtu": 1500}',
    '{"type": "token", "mtu": 1500}',
    '',
  ];
  for (const text of texts) t.equal(masked(text), text);
});

t.test('a list is hidden up to its bracket', async (t) => {
  t.equal(masked('{"token": [["a"], "b"], "mtu": 1}'), '{"token": [****** ***], "mtu": 1}');
  t.equal(masked('{"token": {"a": ["b"]}, "mtu": 1}'), '{"token": {**** *****}, "mtu": 1}');
});

t.test('in doubt more is hidden', async (t) => {
  const texts = [
    `{"token": "LT"${SECRET}", "mtu": 1500}`,
    `{"token": "LT", ${SECRET}", "mtu": 1500}`,
    `{"token": "LT\\"${SECRET}", "mtu": 1500}`,
    `{"token": "${SECRET}, "mtu": 1500}`,
    `{"token": "${SECRET}\n, "mtu": 1500}`,
    `{"token": "LT\n${SECRET}", "mtu": 1500}`,
    `{"token": ${SECRET}", "mtu": 1500}`,
    `{"token: "${SECRET}", "mtu": 1500}`,
    `{"token", "${SECRET}", "mtu": 1500}`,
    `{"token": "${SECRET}', "mtu": 1500}`,
    `{"token": '${SECRET}", "mtu": 1500}`,
    `{"token": \u201c${SECRET}", "mtu": 1500}`,
    `{"token": ["a", {"b": "${SECRET}"}], "mtu": 1500}`,
    `{"token": ["]", "${SECRET}"], "mtu": 1500}`,
    `{"token": ["a", "${SECRET}"`,
    `token: |\n  LT\n\n  ${SECRET}\nmtu: 1500`,
    `token:\n  - a\n  - ${SECRET}\nmtu: 1500`,
    `token: LT\n  ${SECRET}\nmtu: 1500`,
    `token: !!str\n  ${SECRET}\nmtu: 1500`,
    `? token\n: ${SECRET}\nmtu: 1500`,
    `{"token":\n\n   "${SECRET}"\n}`,
    `{"token": "${SECRET}`,
    `token ${SECRET}`,
  ];
  for (const text of texts) {
    const shown = masked(text);
    t.notMatch(shown, /CANARY/, text);
    t.equal(shown.length, text.length, 'places stay');
    t.equal(shown.split('\n').length, text.split('\n').length, 'lines stay');
    const rest = text
      .split('\n')
      .slice(1)
      .find((line) => line.startsWith('mtu'));
    if (rest !== undefined) t.match(shown, rest, 'what follows is shown');
  }
});

t.test('a stretch of a long text is masked by what stands before it', async (t) => {
  const before = '"a": 1,\n'.repeat(100_000);
  const text = `${before}"token": "${SECRET}", "mtu": 1500\n${before}`;
  const start = before.length + '"token": "'.length + 4;
  t.equal(maskedStretch(text, start, start + 12), '********", "');
});
