/**
 * server.ts DIRECTORY PORT PACKAGES: a Pepr module with one mutating and one validating action, served by
 * Pepr's own controller, as the pods of `pepr deploy` run it: they load the module from a Secret, and
 * no more of Pepr is between it and the API server. Pepr reads its store from the API server of KUBECONFIG before
 * it answers. PACKAGES: the folder in whose node_modules Pepr is.
 */
import { Server } from 'node:https';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { refusal } from '../check.ts';

/** What is used of Pepr here, which is no package of this project. */
interface Pepr {
  readonly a: { readonly ConfigMap: unknown };
  readonly Capability: new (options: { name: string; description: string }) => {
    readonly When: (kind: unknown) => {
      IsCreatedOrUpdated(): {
        WithName(name: string): {
          Mutate(action: (request: unknown) => void): {
            Validate(action: (request: ValidateRequest) => unknown): unknown;
          };
        };
      };
    };
  };
  readonly PeprModule: new (
    manifest: object,
    capabilities: readonly unknown[],
    options: { deferStart: true },
  ) => { readonly start: (port: number) => void };
}

type Listen = (this: Server, port: number, host: string) => Server;

interface ValidateRequest {
  readonly Raw: { readonly data: Readonly<Record<string, string>> };
  Approve(): unknown;
  Deny(message: string, code: number): unknown;
}

const [directory = '', port, packages = ''] = process.argv.slice(2);
Object.assign(process.env, {
  PEPR_API_PATH: 'peer',
  SSL_KEY_PATH: join(directory, 'tls.key'),
  SSL_CERT_PATH: join(directory, 'tls.crt'),
});
const { a, Capability, PeprModule } = createRequire(join(packages, 'package.json'))('pepr') as Pepr;

// Pepr listens at all addresses; a benchmark is for this machine alone.
const listen = Reflect.get(Server.prototype, 'listen') as Listen;
Reflect.set(Server.prototype, 'listen', function (this: Server, at: number) {
  return listen.call(this, at, '127.0.0.1');
});

const capability = new Capability({ name: 'peer', description: 'The check of the peers' });
capability
  .When(a.ConfigMap)
  .IsCreatedOrUpdated()
  .WithName('eni-config')
  .Mutate(() => undefined)
  .Validate((request) => {
    const message = refusal(request.Raw.data);
    return message === undefined ? request.Approve() : request.Deny(message, 422);
  });
const manifest = {
  description: 'A peer of the benchmark',
  pepr: {
    uuid: 'eni-config-guard-peer',
    onError: 'reject',
    webhookTimeout: 3,
    alwaysIgnore: { namespaces: [] },
  },
};
new PeprModule(manifest, [capability], { deferStart: true }).start(Number(port));
