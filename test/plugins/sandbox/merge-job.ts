// A job for the sandbox: lets terway-cli write the list that the container runtime will read.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

import { run } from '../../support/output.ts';
import type { MergeInput, MergeOutput } from '../terway-merge.ts';

const OUTPUT = '/run/work/10-terway.conflist';

const { terwayCli, data, chains } = JSON.parse(await text(process.stdin)) as MergeInput;
await mkdir('/etc/eni', { recursive: true });
for (const [key, value] of Object.entries(data)) await writeFile(`/etc/eni/${key}`, value);

const outputs: MergeOutput[] = [];
for (const chain of chains) {
  await writeFile('/etc/eni/10-terway.conflist', chain);
  const { code, stderr } = await run(terwayCli, ['cni', '--output', OUTPUT]);
  outputs.push(code === 0 ? { list: await readFile(OUTPUT, 'utf8') } : { refusal: stderr.trim() });
}
process.stdout.write(JSON.stringify(outputs));
