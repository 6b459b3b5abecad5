// Installs the tools and assembles the base image before tests run that have a time limit.
import { baseArchive } from '../support/image/base.ts';
import { prepareBuilder } from '../support/image/builder.ts';

try {
  await prepareBuilder();
  await baseArchive();
  process.stderr.write('image: builder and base image are at hand\n');
} catch (error) {
  process.stderr.write(`image: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
