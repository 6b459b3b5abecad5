/**
 * strip-symbols.ts FILE: takes from an executable what only debuggers read, as `strip` of binutils does:
 * 18 MB of Node's 127. It runs where the image is built, for each architecture that the image is for, and
 * takes no package that a base image or a mirror would have to have.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { elfWithoutSymbols } from './elf.ts';

const [file = ''] = process.argv.slice(2);
// Written in place, which keeps its mode.
writeFileSync(file, elfWithoutSymbols(readFileSync(file)));
