// Builds the image before tests run that have a time limit; with it the tools and the base image.
import { guardArchive } from '../support/image/archive.ts';

try {
  await guardArchive();
  process.stderr.write('image: builder and image are at hand\n');
} catch (error) {
  process.stderr.write(`image: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
