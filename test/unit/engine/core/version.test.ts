import t from 'tap';
import { isAtLeast, parseVersion } from '../../../../src/engine/core/version.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

t.test('a version is read out of what clusters show', (t) => {
  const texts: [text: string, version: string][] = [
    // Plain numbers.
    ['1.15.2', '1.15.2'],
    ['v1.15.2', '1.15.2'],
    [' v1.15.2\n', '1.15.2'],
    // Image references.
    ['registry-cn-hangzhou.ack.aliyuncs.com/acs/terway:v1.15.2', '1.15.2'],
    ['registry:5000/acs/terway:v1.15.2', '1.15.2'],
    ['terway:v1.15.2', '1.15.2'],
    [`terway:v1.15.2@${DIGEST}`, '1.15.2'],
    [`registry:5000/acs/terway:v1.15.2@${DIGEST}`, '1.15.2'],
    // A development build made after 1.17.0.
    ['v1.17.0-d7c63c9e', '1.17.0'],
    ['v1.17.0-d7c63c9e0123456789abcdef0123456789abcdef', '1.17.0'],
    ['registry:5000/acs/terway:v1.17.0-d7c63c9e', '1.17.0'],
    // ACK's four parts and suffixes.
    ['v1.0.9.15-g3957085-aliyun', '1.0.9'],
    ['v1.11.3.5-5321daf49-aliyun', '1.11.3'],
    ['v1.11.3-aliyun', '1.11.3'],
    // Suffixes of distributions.
    ['v1.4.0-k3s2', '1.4.0'],
    ['v1.4.0+build.7', '1.4.0'],
    // Real pre-releases.
    ['v1.7.1-rc.1', '1.7.1-rc.1'],
    ['v1.7.1-rc1', '1.7.1-rc.1'],
    ['v1.7.1-rc', '1.7.1-rc.0'],
    ['v1.7.1-RC2', '1.7.1-rc.2'],
    ['v1.7.1-beta.3', '1.7.1-beta.3'],
    ['v1.7.1-alpha', '1.7.1-alpha.0'],
  ];
  for (const [text, version] of texts) {
    const read = parseVersion(text);
    t.equal(read?.normal, version, text.trim());
    t.match(text, read?.raw ?? '', 'its tag');
    t.notMatch(read?.raw, /[/:@\s]/, 'and no more');
  }
  t.end();
});

t.test('what tells no version is unknown', (t) => {
  const texts = [
    '',
    ' ',
    'latest',
    'unknown',
    'version unknown',
    '1',
    '1.15',
    'v1.15',
    'v',
    'x1.15.2',
    '1.15.2 or so',
    'd7c63c9e',
    'd7c63c9e0123456789abcdef0123456789abcdef',
    'terway:d7c63c9e',
    'terway:latest',
    'registry:5000/acs/terway',
    'registry.example.com/acs/terway',
    'acs/v1.15.2',
    DIGEST,
    `terway@${DIGEST}`,
    `registry:5000/acs/terway@${DIGEST}`,
    `terway:latest@${DIGEST}`,
    '1.15.2.x',
    '99999999999999999999.1.1',
  ];
  for (const text of texts) t.equal(parseVersion(text), undefined, JSON.stringify(text));
  t.end();
});

t.test('a version is at least a floor', (t) => {
  const comparisons: [version: string, floor: string, atLeast: boolean][] = [
    ['1.15.0', '1.15.0', true],
    ['1.15.1', '1.15.0', true],
    ['1.14.5', '1.15.0', false],
    ['1.9.1', '1.10.0', false],
    ['1.10.0', '1.9.1', true],
    ['v1.17.0-d7c63c9e', '1.17.0', true],
    ['v1.17.0-d7c63c9e', '1.17.1', false],
    ['v1.0.9.15-g3957085-aliyun', '1.0.9', true],
    ['v1.4.0-k3s2', '1.4.0', true],
    // A release candidate comes before its release, and after the release before.
    ['v1.7.1-rc.1', '1.7.1', false],
    ['v1.7.1-rc.1', '1.7.0', true],
    ['v1.7.1-rc.2', '1.7.1-rc.10', false],
  ];
  for (const [version, floor, atLeast] of comparisons) {
    t.equal(isAtLeast(parseVersion(version)!, floor), atLeast, `${version} for ${floor}`);
  }
  t.end();
});
