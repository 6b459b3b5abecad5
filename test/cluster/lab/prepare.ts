// Gets what the lab is made of before tests run that have a time limit.
import { prepareLab } from './enter.ts';

try {
  await prepareLab();
  process.stderr.write('lab: programs, tools and images are at hand\n');
} catch (error) {
  process.stderr.write(`lab: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
