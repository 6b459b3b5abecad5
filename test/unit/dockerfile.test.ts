import { readFileSync } from 'node:fs';
import t from 'tap';
import { processIn } from '../support/dockerfile.ts';

const STAGE = 'FROM scratch\nENV PATH=/bin\nENTRYPOINT ["node", "main.js"]\n';

t.test("the image's command line is read from the Dockerfile", async (t) => {
  const dockerfile = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8');
  const { entrypoint, environment } = processIn(dockerfile);
  t.equal(entrypoint[0], 'node');
  t.equal(entrypoint.at(-1), '/app/dist/main.js');
  t.type(environment.PATH, 'string', 'where node is looked for');
});

t.test('the last stage counts, over continued lines', async (t) => {
  const dockerfile = `FROM node AS build\nENV A=1\nENTRYPOINT ["sh"]\n${STAGE}env B=2 \\\n  C=3\n`;
  t.same(processIn(dockerfile), {
    entrypoint: ['node', 'main.js'],
    environment: { PATH: '/bin', B: '2', C: '3' },
  });
});

const UNREADABLE: Readonly<Record<string, string>> = {
  'nothing at all': '',
  'no ENTRYPOINT': 'FROM scratch\nENV PATH=/bin\n',
  'the ENTRYPOINT of another stage': 'FROM a\nENTRYPOINT ["sh"]\nFROM scratch\n',
  'a second ENTRYPOINT': `${STAGE}ENTRYPOINT ["sh"]\n`,
  'a shell form': 'FROM scratch\nENTRYPOINT node main.js\n',
  'words that are none': 'FROM scratch\nENTRYPOINT [1]\n',
  'a list that is torn': 'FROM scratch\nENTRYPOINT ["node]\n',
  'a CMD': `${STAGE}CMD ["serve"]\n`,
  'quotes in ENV': `${STAGE}ENV A="b c"\n`,
  'a build argument in ENV': `${STAGE}ENV A=$VERSION\n`,
  'the former form of ENV': `${STAGE}ENV A b\n`,
};
for (const [what, dockerfile] of Object.entries(UNREADABLE)) {
  t.test(`${what} is not read`, async (t) => {
    t.throws(() => processIn(dockerfile));
  });
}
