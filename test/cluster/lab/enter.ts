import { guardArchive } from '../../support/image/archive.ts';
import {
  findOrBuildNodePlugins,
  findOrBuildPlugins,
  findOrBuildTerwayCli,
  findTerwayInit,
} from '../../support/plugin-binaries.ts';
import { LAB_RELEASE, PLUGIN_RELEASES } from '../../support/plugin-releases.ts';
import { findOrBuildCertManager } from '../certmanager/binary.ts';
import { operatorCrds } from '../chart-crds.ts';
import { findOrBuildLab } from './binaries.ts';
import type { LabOptions } from './lab.ts';
import { enterLabNetwork } from './network.ts';
import { findOrBuildCrane } from './registry.ts';
import { installLabTools } from './tools.ts';

/** Gets everything that a lab is made of, which takes the internet the first time. */
export async function prepareLab({ hasNoGuard }: LabOptions = {}): Promise<void> {
  await installLabTools();
  await findOrBuildLab();
  await findOrBuildCrane();
  await findOrBuildNodePlugins(LAB_RELEASE);
  for (const release of PLUGIN_RELEASES) await findOrBuildPlugins(release);
  await findOrBuildTerwayCli();
  await findTerwayInit();
  if (!hasNoGuard) await guardArchive();
  await operatorCrds();
  await findOrBuildCertManager();
}

/**
 * Makes this process start anew where labs can be started; to be called before anything else happens.
 * Rejects with a remedy where it can't.
 */
export async function enterLab(options: LabOptions = {}): Promise<void> {
  await prepareLab(options);
  enterLabNetwork();
}
