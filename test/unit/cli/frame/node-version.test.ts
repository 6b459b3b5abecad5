import t from 'tap';
import { unfitNode } from '../../../../src/cli/frame/node-version.ts';

t.test('a Node.js that is too old is named in one line', async (t) => {
  for (const version of ['20.19.0', '20.20.1', '24.0.0']) t.equal(unfitNode(version), undefined);
  for (const version of ['20.18.9', '18.20.0']) {
    const { execPath } = process;
    t.equal(unfitNode(version), `needs Node.js 20.19 or newer; this is ${version} (${execPath})`);
  }
});
