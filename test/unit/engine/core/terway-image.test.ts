import t from 'tap';

import { terwayImage } from '../../../../src/engine/core/terway-image.ts';

t.test('the image of Terway is known by the name of a container, or by its own', (t) => {
  const other = { name: 'a', image: 'istio/proxyv2:1.2' };
  const terway = (name: string, image = `registry/acs/terway:v1.${name.length}`) => ({
    name,
    image,
  });
  const init = terway('terway-init');
  const daemon = terway('terway');
  t.equal(terwayImage({ initContainers: [other, init], containers: [daemon] }), init.image);
  t.equal(terwayImage({ initContainers: [other], containers: [other, daemon] }), daemon.image);
  for (const image of [
    'terway',
    'acs/terway:v1.2',
    'host:5000/acs/terway@sha256:ab',
    'acs/terway:v1@sha256:ab',
  ]) {
    t.equal(terwayImage({ containers: [other, terway('policy', image)] }), image, image);
  }
  for (const image of ['acs/terway-controlplane:v1', 'acs/myterway:v1', 'terway/agent:v1']) {
    t.equal(terwayImage({ containers: [terway('b', image)] }), undefined, image);
  }
  t.equal(terwayImage({}), undefined);
  t.equal(terwayImage({ containers: [{ name: 'b' }] }), undefined);
  t.end();
});
