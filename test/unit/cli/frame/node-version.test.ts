import t from 'tap';
import { unfitNode } from '../../../../src/cli/frame/node-version.ts';

t.test('a Node.js that is too old is named in one line', async (t) => {
  for (const version of ['22.19.0', '22.20.1', '24.0.0']) t.equal(unfitNode(version), undefined);
  for (const version of ['20.19.2', '22.18.9', '18.0.0']) {
    const { execPath } = process;
    t.equal(unfitNode(version), `needs Node.js 22.19 or newer; this is ${version} (${execPath})`);
  }
});
