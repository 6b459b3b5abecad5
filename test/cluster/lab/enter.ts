import { guardArchive } from '../../support/image/archive.ts';
import {
  findOrBuildNodePlugins,
  findOrBuildPlugins,
  findOrBuildTerwayCli,
  findTerwayInit,
} from '../../support/plugin-binaries.ts';
import { operatorCrds } from '../chart-crds.ts';
import { findOrBuildLab } from './binaries.ts';
import { enterLabNetwork } from './network.ts';
import { findOrBuildCrane } from './registry.ts';
import { installLabTools } from './tools.ts';

/** Gets everything that a lab is made of, which takes the internet the first time. */
export async function prepareLab(): Promise<void> {
  await installLabTools();
  await findOrBuildLab();
  await findOrBuildCrane();
  await findOrBuildNodePlugins('1.9.1');
  for (const release of ['1.5.1', '1.9.1'] as const) await findOrBuildPlugins(release);
  await findOrBuildTerwayCli();
  await findTerwayInit();
  await guardArchive();
  await operatorCrds();
}

/**
 * Makes this process start anew where labs can be started; to be called before anything else happens.
 * Rejects with a remedy where it can't.
 */
export async function enterLab(): Promise<void> {
  await prepareLab();
  enterLabNetwork();
}
