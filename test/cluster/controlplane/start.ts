import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { AdminClient } from './admin-client.ts';
import { auditPolicy } from './audit.ts';
import { findOrBuild } from './binaries.ts';
import { CertificateAuthority, rsaKeyPair } from '../../support/certificates.ts';
import { ControlPlane } from './control-plane.ts';
import { Daemon } from './daemon.ts';
import { SERVICE_ADDRESS, apiServerFlags, etcdFlags } from './flags.ts';
import { removeAtEnd } from '../../support/leash.ts';
import { freePorts } from './ports.ts';

/** Where the servers listen unless told otherwise; nothing outside this machine may reach them. */
const LOOPBACK = '127.0.0.1';

/** What may differ between control planes. */
export interface ControlPlaneOptions {
  /** Further kube-apiserver flags; they follow the harness's own, so a repeated flag wins. */
  readonly apiServerFlags?: readonly string[];
  /** Address of both servers and of the API server's certificate; loopback unless given. */
  readonly address?: string;
  /** Whether nodes and controllers join it, which then are what the API server relies on. */
  readonly hasNodes?: boolean;
}

/**
 * Starts etcd and kube-apiserver with throw-away certificates in a fresh folder, and resolves when the
 * API server is ready and kube-system exists. Rejects, with the end of the server's log, when that
 * does not come about. Everything ends with `stop()` or with this process, however it dies.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const { address = LOOPBACK, hasNodes = false } = options;
  const binaries = await findOrBuild();
  const [securePort = 0, etcdPort = 0, etcdPeerPort = 0] = await freePorts(address, 3);
  const authority = await CertificateAuthority.create();
  const [server, admin, serviceAccountKey] = await Promise.all([
    authority.issueServer([address, SERVICE_ADDRESS]),
    authority.issueClient('admin', ['system:masters']),
    rsaKeyPair(),
  ]);

  const dir = await mkdtemp(join(tmpdir(), 'controlplane-'));
  const janitor = removeAtEnd(dir);
  const url = `https://${address}:${String(securePort)}`;
  const plane = new ControlPlane({
    dir,
    url,
    binaries,
    authority,
    admin,
    client: new AdminClient(url, authority.certificate, admin),
    etcd: new Daemon(
      'etcd',
      binaries.etcd,
      etcdFlags(dir, address, etcdPort, etcdPeerPort),
      join(dir, 'etcd.log'),
    ),
    apiServer: new Daemon(
      'kube-apiserver',
      binaries.kubeApiserver,
      [
        ...apiServerFlags(dir, address, securePort, etcdPort, hasNodes),
        ...(options.apiServerFlags ?? []),
      ],
      join(dir, 'kube-apiserver.log'),
    ),
    janitor,
  });
  try {
    await writeFiles(dir, {
      'audit-policy.json': auditPolicy,
      'ca.crt': authority.certificate,
      'admin.crt': admin.certificate,
      'admin.key': admin.privateKey,
      'server.crt': server.certificate,
      'server.key': server.privateKey,
      'service-account.key': serviceAccountKey.privateKey,
    });
    await mkdir(join(dir, 'bin'));
    // Whatever its file is called.
    await symlink(binaries.helm, join(dir, 'bin', 'helm'));
    await plane.start();
    return plane;
  } catch (error) {
    await plane.stop();
    throw error;
  }
}

async function writeFiles(dir: string, files: Record<string, string>): Promise<void> {
  await mkdir(join(dir, 'tmp'));
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(dir, name), content, { mode: 0o600 });
  }
}
