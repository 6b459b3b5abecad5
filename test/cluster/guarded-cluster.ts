import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';

import type { Data } from '../support/config-maps.ts';
import type { RawResponse } from './controlplane/admin-client.ts';
import type { CommandOptions, ControlPlane } from './controlplane/control-plane.ts';
import { kubectlEdit } from './controlplane/edit.ts';
import type { EditOutput, EditStep } from './controlplane/edit.ts';
import type { Output } from '../support/output.ts';
import { startControlPlane } from './controlplane/start.ts';
import type { Transcript } from './controlplane/transcript.ts';
import { waitFor } from '../support/wait.ts';
import { startGuard } from './guard.ts';
import type { Guard, GuardConfig, GuardOptions } from './guard.ts';
import { configurationPath, webhookConfigurations } from './webhooks.ts';
import type { WebhookEndpoint } from './webhooks.ts';

const EFFECT_TIMEOUT_MS = 10_000;
const CONFIG_MAPS = '/api/v1/namespaces/kube-system/configmaps';

/** A control plane with a guard, and the guarded object in it. */
export class GuardedCluster {
  readonly plane: ControlPlane;
  readonly guard: Guard;
  /** The guard that the API server asks at present. */
  #registered: Guard | undefined;

  constructor(plane: ControlPlane, guard: Guard) {
    this.plane = plane;
    this.guard = guard;
  }

  /** Has the API server ask this guard; resolves when it does. */
  async register(guard: Guard = this.guard): Promise<void> {
    await this.announce(guard);
    this.#registered = guard;
    const before = await guard.reviews();
    await waitFor('the webhook configurations to take effect', EFFECT_TIMEOUT_MS, async () => {
      await this.probe();
      const { mutate, validate } = await guard.reviews();
      return mutate > before.mutate && validate > before.validate ? true : undefined;
    });
  }

  /** Removes both webhook configurations; resolves when {@link untilFree} does. */
  async unregister(): Promise<void> {
    for (const kind of ['mutating', 'validating'] as const) {
      await this.plane.raw('DELETE', configurationPath(kind));
    }
    await this.untilFree();
  }

  /** Resolves when the API server lets eni-config be written without a call of the guard. */
  async untilFree(): Promise<void> {
    this.#registered = undefined;
    await waitFor('eni-config to be free', EFFECT_TIMEOUT_MS, async () => {
      const { status } = await this.probe();
      // It would be created, or it is there already: the guard was not asked.
      return status === 201 || status === 409 ? status : undefined;
    });
  }

  /** Writes the webhook configurations and does not wait until they take effect. */
  async announce(endpoint: WebhookEndpoint): Promise<void> {
    const manifests = webhookConfigurations(endpoint);
    for (const kind of ['mutating', 'validating'] as const) {
      const response = await this.plane.raw(
        'PATCH',
        `${configurationPath(kind)}?fieldManager=tests&force=true`,
        manifests[kind],
        'application/apply-patch+yaml',
      );
      expectStatus(response, [200, 201]);
    }
  }

  /** A write that every live guard refuses and that leaves no trace: an empty eni-config. */
  async probe(): Promise<RawResponse> {
    return this.plane.raw('POST', `${CONFIG_MAPS}?dryRun=All`, configMap({}));
  }

  /** Makes this the stored eni-config, nothing left of the former one; the guard is not asked. */
  async store(data: Data): Promise<void> {
    await this.#pastTheGuard(async () => {
      expectStatus(await this.plane.raw('DELETE', `${CONFIG_MAPS}/eni-config`), [200, 404]);
      expectStatus(await this.plane.raw('POST', CONFIG_MAPS, configMap(data)), [201]);
    });
  }

  /** Removes the stored eni-config; the guard is not asked. */
  async remove(): Promise<void> {
    await this.#pastTheGuard(async () => {
      expectStatus(await this.plane.raw('DELETE', `${CONFIG_MAPS}/eni-config`), [200, 404]);
    });
  }

  /** The texts of the stored eni-config; undefined when there is none. */
  async stored(): Promise<Data | undefined> {
    const { status, body } = await this.plane.raw('GET', `${CONFIG_MAPS}/eni-config`);
    return status === 404 ? undefined : (JSON.parse(body) as { readonly data: Data }).data;
  }

  /** Writes a file to where {@link type} runs its commands. */
  async file(name: string, content: string | Buffer): Promise<void> {
    await writeFile(join(this.plane.dir, name), content);
  }

  /** Runs what a person types, and keeps what the person sees in the transcript. */
  async type(transcript: Transcript, line: string, options?: CommandOptions): Promise<Output> {
    const output = await this.plane.shell(line, options);
    transcript.add(line, output);
    return output;
  }

  /** Edits eni-config with the vendor's own command, and keeps what the person sees. */
  async edit(
    transcript: Transcript,
    steps: readonly EditStep[],
    options?: CommandOptions,
  ): Promise<EditOutput> {
    const target = ['cm', '-nkube-system', 'eni-config'];
    const output = await kubectlEdit(this.plane, target, steps, options);
    transcript.add('kubectl edit cm -nkube-system eni-config', output);
    return output;
  }

  /** Ends the guard and the control plane, and removes what they wrote. */
  async stop(): Promise<void> {
    await this.guard.stop();
    await this.plane.stop();
  }

  async #pastTheGuard(action: () => Promise<void>): Promise<void> {
    const guard = this.#registered;
    if (guard !== undefined) await this.unregister();
    await action();
    if (guard !== undefined) await this.register(guard);
  }
}

/**
 * Starts both and registers the guard. Everything ends with `stop()` or with this process. `prepare`
 * makes in the cluster what the guard needs there.
 */
export async function startGuardedCluster(
  config?: GuardConfig,
  prepare: (plane: ControlPlane) => Promise<GuardOptions> = async () => Promise.resolve({}),
): Promise<GuardedCluster> {
  const plane = await startControlPlane();
  const guard = await prepare(plane)
    .then(async (options) => startGuard(config, options))
    .catch(async (error: unknown) => {
      await plane.stop();
      throw error;
    });
  const cluster = new GuardedCluster(plane, guard);
  try {
    await cluster.register();
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** eni-config as a file that people keep under version control. */
export function manifest(data: Data): string {
  return stringify(configMap(data), { lineWidth: 0, blockQuote: 'literal' });
}

function configMap(data: Data) {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'eni-config', namespace: 'kube-system' },
    data,
  };
}

function expectStatus({ status, body }: RawResponse, expected: readonly number[]): void {
  if (!expected.includes(status)) throw new Error(`the API server answered ${status}: ${body}`);
}
