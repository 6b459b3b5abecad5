import { randomUUID } from 'node:crypto';
import { chmod, chown, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { ControlPlane } from '../controlplane/control-plane.ts';
import { ask } from './api.ts';
import type { ConfigMap, Pod, Secret, Volume, VolumeProjection } from './objects.ts';

/** Files of a volume by their path in it. */
type Files = Readonly<Record<string, string | Buffer>>;

/** Who may read the files of a volume. */
export interface Owner {
  readonly user: number;
  readonly group: number;
}

/** A volume as a pod's container finds it: a folder of this machine. */
export interface MountedVolume {
  readonly folder: string;
  readonly writable: boolean;
}

/**
 * Makes a volume of a pod below `folder`, or brings it up to date, as a kubelet does: files stand in
 * a folder of their own that `..data` points to, so all of them change at once. Folders of the node
 * are looked up below `nodeFolder`. Rejects for a kind of volume it does not know.
 */
export async function mountVolume(
  plane: ControlPlane,
  pod: Pod,
  volume: Volume,
  { folder, nodeFolder, owner }: { folder: string; nodeFolder: string; owner: Owner },
): Promise<MountedVolume> {
  if (volume.hostPath !== undefined) {
    const onNode = join(nodeFolder, volume.hostPath.path);
    await mkdir(onNode, { recursive: true });
    return { folder: onNode, writable: true };
  }
  await mkdir(folder, { recursive: true });
  if (volume.emptyDir !== undefined) {
    await chmod(folder, 0o777);
    return { folder, writable: true };
  }
  const files = await filesOf(plane, pod, volume);
  if (files !== undefined) await replaceFiles(folder, files, owner);
  return { folder, writable: false };
}

async function filesOf(
  plane: ControlPlane,
  pod: Pod,
  { name, configMap, secret, projected }: Volume,
): Promise<Files | undefined> {
  if (configMap !== undefined) return projection(plane, pod, { configMap });
  if (secret !== undefined) {
    const { secretName, ...rest } = secret;
    return projection(plane, pod, { secret: { ...rest, ...(secretName && { name: secretName }) } });
  }
  if (projected === undefined) throw new Error(`volume ${name} is of a kind not known here`);
  const parts = await Promise.all(
    (projected.sources ?? []).map((one) => projection(plane, pod, one)),
  );
  return Object.assign({}, ...parts) as Files;
}

async function projection(plane: ControlPlane, pod: Pod, source: VolumeProjection): Promise<Files> {
  const core = `/api/v1/namespaces/${pod.metadata?.namespace ?? ''}`;
  if (source.configMap !== undefined) {
    const { name = '', items } = source.configMap;
    const { data } = await ask<ConfigMap>(plane, 'GET', `${core}/configmaps/${name}`);
    return picked(data ?? {}, items);
  }
  if (source.secret !== undefined) {
    const { name = '', items } = source.secret;
    const { data } = await ask<Secret>(plane, 'GET', `${core}/secrets/${name}`);
    const decoded = Object.entries(data ?? {}).map(([key, text]) => [
      key,
      Buffer.from(text, 'base64'),
    ]);
    return picked(Object.fromEntries(decoded) as Files, items);
  }
  if (source.serviceAccountToken !== undefined) {
    const { path, audience, expirationSeconds = 3600 } = source.serviceAccountToken;
    const account = pod.spec?.serviceAccountName ?? 'default';
    const request = {
      spec: {
        audiences: audience === undefined ? [] : [audience],
        expirationSeconds,
        boundObjectRef: { kind: 'Pod', apiVersion: 'v1', ...identity(pod) },
      },
    };
    const { status } = await ask<{ readonly status: { readonly token: string } }>(
      plane,
      'POST',
      `${core}/serviceaccounts/${account}/token`,
      request,
    );
    return { [path]: status.token };
  }
  if (source.downwardAPI !== undefined) {
    const files = (source.downwardAPI.items ?? []).map(({ path, fieldRef }) => {
      if (fieldRef?.fieldPath !== 'metadata.namespace')
        throw new Error(`${path} is not known here`);
      return [path, pod.metadata?.namespace];
    });
    return Object.fromEntries(files) as Files;
  }
  throw new Error('a projected source is of a kind not known here');
}

const identity = ({ metadata }: Pod) => ({ name: metadata?.name, uid: metadata?.uid });

function picked(
  data: Files,
  items: readonly { readonly key: string; readonly path: string }[] | undefined,
): Files {
  if (items === undefined) return data;
  return Object.fromEntries(
    items.map(({ key, path }) => {
      const content = data[key];
      if (content === undefined) throw new Error(`a volume wants key ${key}, which is not there`);
      return [path, content];
    }),
  );
}

async function replaceFiles(folder: string, files: Files, owner: Owner): Promise<void> {
  const version = `..${randomUUID()}`;
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, version, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content, { mode: 0o400 });
    await chown(file, owner.user, owner.group);
    const top = path.split('/')[0] ?? path;
    await symlink(join('..data', top), join(folder, top)).catch(() => undefined);
  }
  const link = join(folder, `${version}.link`);
  await symlink(version, link);
  await rename(link, join(folder, '..data'));
  // A kubelet removes the former version; here it goes with the pod's folder.
  await rm(link, { force: true });
}
