import { X509Certificate } from 'node:crypto';
import t from 'tap';
import { type CertificateRequest, issueCertificate } from '../../../src/certificates/issue.ts';
import { newRsaKeyPair } from '../../../src/certificates/key.ts';
import { bundleOf, certificatesIn } from '../../../src/certificates/pem.ts';
import { refusalOf } from '../../../src/certificates/trust.ts';

const NOW = new Date('2026-03-01T00:00:00Z');
const DAY_MS = 24 * 60 * 60 * 1000;
const days = (number: number) => new Date(NOW.getTime() + number * DAY_MS);

const keys = await newRsaKeyPair();
const otherKeys = await newRsaKeyPair();

function issue(request: Partial<CertificateRequest>): X509Certificate {
  const validity = { notBefore: days(-1), notAfter: days(1) };
  const issuer = { commonName: 'root', key: keys.privateKey };
  const subject = { commonName: 'root', publicKey: keys.publicKey, usage: 'ca' } as const;
  return new X509Certificate(issueCertificate({ ...validity, issuer, ...subject, ...request }));
}
const leafOf = (request: Partial<CertificateRequest> = {}) =>
  issue({ commonName: 'leaf', usage: 'server', names: ['a.svc'], addresses: ['::1'], ...request });

const root = issue({});
const rootOfTheSameName = issue({
  publicKey: otherKeys.publicKey,
  issuer: { commonName: 'root', key: otherKeys.privateKey },
});
const expiredRoot = issue({ notAfter: days(-0.5) });
const middle = issue({ commonName: 'middle', publicKey: otherKeys.publicKey });
const underMiddle = leafOf({ issuer: { commonName: 'middle', key: otherKeys.privateKey } });
const noCa = leafOf({ commonName: 'middle', publicKey: otherKeys.publicKey });

const refusal = (chain: X509Certificate[], trusted: X509Certificate[], host = 'a.svc') =>
  refusalOf(chain, { host, trusted }, NOW);

t.test('what an API server accepts is accepted', async (t) => {
  t.equal(refusal([leafOf()], [root]), undefined);
  t.equal(refusal([leafOf()], [rootOfTheSameName, root]), undefined, 'one of several');
  t.equal(refusal([leafOf()], [root], '::1'), undefined, 'by address');
  t.equal(refusal([underMiddle, middle], [root]), undefined, 'by way of another');
  t.equal(refusal([underMiddle], [middle]), undefined, 'a CA that is no root');
});

t.test('what it refuses is refused, with the reason', async (t) => {
  t.equal(refusal([], [root]), 'is missing');
  t.match(refusal([leafOf({ notAfter: days(-0.5) })], [root]), /^has expired \(2026-02-28T12/);
  t.match(refusal([leafOf({ notBefore: days(0.5) })], [root]), /^is not valid yet \(2026-03-01T12/);
  t.equal(refusal([leafOf()], [root], 'b.svc'), 'is not for "b.svc"');
  t.equal(refusal([leafOf()], [root], '127.0.0.1'), 'is not for "127.0.0.1"');
  t.equal(refusal([leafOf()], [root], ''), 'is not for ""');
  const unsigned = 'is signed by no CA it trusts';
  t.equal(refusal([leafOf()], []), unsigned);
  t.equal(refusal([leafOf()], [rootOfTheSameName]), unsigned);
  t.equal(refusal([leafOf()], [expiredRoot]), unsigned);
  t.equal(refusal([underMiddle], [root]), unsigned, 'without the one in between');
  t.equal(refusal([underMiddle, noCa], [root]), unsigned, 'the one in between is no CA');
  t.equal(
    refusal([underMiddle, middle, root], []),
    unsigned,
    'what it brings along is not trusted',
  );
});

t.test('bundles are read whatever else stands in them, and written once each', async (t) => {
  const text = bundleOf([root, middle, root]);
  t.equal(text, root.toString() + middle.toString());
  const messy = `# a comment\r\n${text.replaceAll('\n', '\r\n')}${text}garbage`;
  t.same(certificatesIn(messy).map(String), [root, middle, root, middle].map(String));
  t.same(certificatesIn('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'), []);
  t.equal(certificatesIn(root.toString().repeat(1000)).length, 32);
});
