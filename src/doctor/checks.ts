import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { certificatesIn, identityOf } from '../certificates/pem.ts';
import { anchorOf } from '../certificates/trust.ts';
import { count, listed, printable, quoted } from '../engine/text/text.ts';
import { type ApiServer, unlessMissing } from '../kube/api.ts';
import { masked } from './sentence.ts';

/** What one check came to. */
export interface Check {
  readonly name: (typeof CHECKS)[number];
  readonly outcome: 'ok' | 'failed' | 'unknown';
  /** What was seen, one printable line. */
  readonly seen: string;
  /** What to do; absent when all is well. */
  readonly remedy?: string;
}

/** In the order of a call: each is of use only when those before it are well. */
export const CHECKS = [
  'service',
  'endpoints',
  'tcp',
  'chain',
  'name',
  'dates',
  'caBundle',
  'latency',
] as const;

/** What checks do besides asking the API server. */
export interface Instruments {
  /** The certificates that are served there, the server's own first; rejects when there is no TLS. */
  readonly handshake: (address: Address) => Promise<readonly X509Certificate[]>;
  /** Tries a write that the guard must refuse, as a dry run. */
  readonly tryWrite: () => Promise<{ readonly outcome: string; readonly message: string }>;
  readonly now: () => Date;
  /** Milliseconds of a clock that only goes forward. */
  readonly clock: () => number;
}

export interface Address {
  readonly host: string;
  readonly port: number;
  /** The name that is asked for. */
  readonly serverName: string;
}

interface Client {
  readonly service?: { readonly name: string; readonly namespace: string; readonly port?: number };
  readonly url?: string;
  readonly caBundle?: string;
}

interface Configuration {
  readonly webhooks?: readonly {
    readonly name: string;
    readonly clientConfig: Client;
    readonly timeoutSeconds?: number;
  }[];
}

const NAME = 'eni-config-guard';
const CONFIGURATIONS = ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'];
/** The guard's own pods may not look at Services: docs/doctor.md. */
const FROM_A_POD =
  "run it in the cluster's network: a pod of the guard's image whose service account may get services, " +
  'endpointslices and webhook configurations';
const PODS = 'kubectl get pods -A -l app.kubernetes.io/name=eni-config-guard -o wide';
/** What the API server gives a webhook that does not say. */
const DEFAULT_TIMEOUT_SECONDS = 10;
const HOUR_MS = 3_600_000;

type Result = Omit<Check, 'name'>;
const ok = (seen: string): Result => ({ outcome: 'ok', seen });
const failed = (seen: string, remedy: string): Result => ({ outcome: 'failed', seen, remedy });
const unknown = (seen: string, remedy = 'mend what fails above, then check again'): Result => ({
  outcome: 'unknown',
  seen,
  remedy,
});

/** Makes the eight checks of a cluster. Rejects with ApiError when no API server answers. */
export async function runChecks(
  api: ApiServer,
  instruments: Instruments,
): Promise<readonly Check[]> {
  const configurations = await Promise.all(CONFIGURATIONS.map((kind) => read(api, kind)));
  const webhooks = configurations.flatMap((configuration) => configuration?.webhooks ?? []);
  const [webhook] = configurations[0]?.webhooks ?? [];
  const bundles = webhooks.map(({ name, clientConfig }) => bundleOf(name, clientConfig));
  const results = webhook
    ? await checkWebhook(api, webhook.clientConfig, bundles, instruments)
    : withoutWebhook();
  const all: readonly Result[] = [
    ...results,
    checkBundles(bundles),
    await checkLatency(webhook?.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS, instruments),
  ];
  return CHECKS.map((name, index) => ({ name, ...(all[index] ?? unknown('not checked')) }));
}

async function read(api: ApiServer, kind: string): Promise<Configuration | undefined> {
  const path = `/apis/admissionregistration.k8s.io/v1/${kind}/${NAME}`;
  return unlessMissing(api.call<Configuration>({ method: 'GET', path }));
}

function withoutWebhook(): Result[] {
  const missing = failed(
    `there is no validatingwebhookconfiguration ${NAME}: no API server calls the guard`,
    'install the chart, or upgrade with the same values where the configuration was deleted by hand',
  );
  return [missing, ...Array.from({ length: 5 }, () => unknown('no webhook to look at'))];
}

/** The checks from the Service to the dates. */
async function checkWebhook(
  api: ApiServer,
  client: Client,
  bundles: readonly Bundle[],
  instruments: Instruments,
): Promise<Result[]> {
  const { service, addresses } = await findAddresses(api, client);
  if (addresses.length === 0) {
    const none = unknown('there is no address to call');
    return [...service, none, none, none, none];
  }
  const broken: { readonly address: Address; readonly why: string }[] = [];
  const chains: { readonly address: Address; readonly chain: readonly X509Certificate[] }[] = [];
  for (const address of addresses) {
    try {
      chains.push({ address, chain: await instruments.handshake(address) });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      broken.push({ address, why: printable(code ?? message, 200) });
    }
  }
  const tcp = checkTcp(addresses.length, broken);
  const [first] = chains;
  if (!first) {
    const none = unknown('no certificate was seen');
    return [...service, tcp, none, none, none];
  }
  const worst = (check: (chain: readonly X509Certificate[], address: Address) => Result) => {
    const results = chains.map(({ chain, address }) => check(chain, address));
    return results.find(({ outcome }) => outcome !== 'ok') ?? check(first.chain, first.address);
  };
  return [
    ...service,
    tcp,
    worst((chain) => checkChain(chain, bundles, instruments.now())),
    worst((chain, address) => checkName(chain, address.serverName)),
    worst((chain) => checkDates(chain, instruments.now())),
  ];
}

interface Slices {
  readonly items: readonly {
    readonly ports?: readonly { readonly name?: string; readonly port?: number }[];
    readonly endpoints?: readonly {
      readonly addresses: readonly string[];
      readonly conditions?: { readonly ready?: boolean };
    }[];
  }[];
}

interface Service {
  readonly spec: { readonly ports?: readonly { readonly name?: string; readonly port: number }[] };
}

/** Service and endpoints as the API server resolves them; a URL has neither. */
async function findAddresses(
  api: ApiServer,
  { service, url = '' }: Client,
): Promise<{ service: [Result, Result]; addresses: readonly Address[] }> {
  if (!service) {
    const { hostname = '', port = '' } = URL.parse(url) ?? {};
    const host = hostname.replace(/^\[|\]$/g, '');
    const direct = ok(`the configuration names no Service but https://${printable(hostname)}`);
    const address = { host, port: Number(port === '' ? 443 : port), serverName: host };
    return { service: [direct, direct], addresses: host === '' ? [] : [address] };
  }
  const { name, namespace, port = 443 } = service;
  const called = printable(`${namespace}/${name}`);
  const path = `/api/v1/namespaces/${namespace}/services/${name}`;
  const found = await unlessMissing(api.call<Service>({ method: 'GET', path }));
  const named = found?.spec.ports?.find((one) => one.port === port);
  if (!named) {
    const what = found ? `Service ${called} has no port ${port}` : `there is no Service ${called}`;
    const remedy =
      'install the chart again in that namespace, or delete the webhook configurations';
    return { service: [failed(what, remedy), unknown('there is no Service')], addresses: [] };
  }
  const slices = await api.call<Slices>({
    method: 'GET',
    path: `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
    query: { labelSelector: `kubernetes.io/service-name=${name}` },
  });
  const addresses = slices.items.flatMap(({ ports = [], endpoints = [] }) => {
    const target = ports.find((one) => (one.name ?? '') === (named.name ?? ''))?.port;
    const ready = endpoints.filter(({ conditions }) => conditions?.ready !== false);
    return ready.flatMap(({ addresses: [host] }) =>
      host === undefined || target === undefined
        ? []
        : [{ host, port: target, serverName: `${name}.${namespace}.svc` }],
    );
  });
  const all = slices.items.flatMap(({ endpoints = [] }) => endpoints).length;
  const endpoints =
    addresses.length > 0
      ? ok(`${addresses.length} of ${count(all, 'endpoint')} ready`)
      : failed(
          `none of ${count(all, 'endpoint')} is ready`,
          `see why its pods are not ready: ${PODS}`,
        );
  return { service: [ok(`Service ${called}, port ${port}`), endpoints], addresses };
}

/** An address that refuses was reached; one that is silent may only be out of reach from here. */
function checkTcp(
  all: number,
  broken: readonly { readonly address: Address; readonly why: string }[],
): Result {
  if (broken.length === 0) return ok(`connected to ${count(all, 'endpoint')}`);
  const text = listed(broken.map(({ address, why }) => `${printable(address.host)}: ${why}`));
  const isRefused = broken.some(({ why }) =>
    ['ECONNREFUSED', 'ECONNRESET', 'EPROTO'].includes(why),
  );
  return isRefused
    ? failed(`no TLS connection to ${text}`, `see the pod at that address: ${PODS}`)
    : unknown(`no connection from here to ${text}`, FROM_A_POD);
}

/** What one webhook has the API server trust. */
interface Bundle {
  /** The webhook's; printable. */
  readonly name: string;
  readonly cas: readonly X509Certificate[];
}

function bundleOf(name: string, { caBundle = '' }: Client): Bundle {
  const cas = certificatesIn(Buffer.from(caBundle, 'base64').toString());
  return { name: printable(name, 100), cas };
}

/** Every webhook has to trust what is served: it is the same for all of them. */
function checkChain(
  [leaf, ...intermediates]: readonly X509Certificate[],
  bundles: readonly Bundle[],
  now: Date,
): Result {
  const anchors = bundles.map(({ cas }) => leaf && anchorOf(leaf, intermediates, cas, now));
  const lacking = bundles[anchors.indexOf(undefined)];
  if (!lacking) {
    return ok(`signed by a CA in caBundle, ${printable(anchors[0]?.subject ?? '', 100)}`);
  }
  return failed(
    lacking.cas.length === 0
      ? `the caBundle of ${lacking.name} is empty`
      : `signed by ${printable(leaf?.issuer ?? 'nothing', 100)}, which is not in the caBundle of ${lacking.name} or has expired`,
    'with certificates.source self-signed and files Deployment eni-config-guard-trust writes caBundle: see its log; with cert-manager its ca-injector does',
  );
}

function checkName([leaf]: readonly X509Certificate[], name: string): Result {
  const names = printable(leaf?.subjectAltName ?? 'no name', 200);
  const isFor = isIP(name) === 0 ? leaf?.checkHost(name) : leaf?.checkIP(name);
  if (isFor !== undefined) return ok(`for ${printable(name)}`);
  return failed(`for ${names}, not for ${quoted(name)}`, `issue it anew for ${printable(name)}`);
}

function checkDates([leaf]: readonly X509Certificate[], now: Date): Result {
  if (!leaf) return unknown('no certificate was seen');
  const [from, to] = [leaf.validFromDate, leaf.validToDate];
  const span = `valid from ${from.toISOString()} to ${to.toISOString()}`;
  const clocks = `compare clocks: this machine has ${now.toISOString()}`;
  if (now < from) return failed(`${span}, which is yet to come`, clocks);
  if (now >= to)
    return failed(`${span}, which is over`, `see why it was not renewed, and ${clocks}`);
  const left = Math.floor((to.getTime() - now.getTime()) / HOUR_MS);
  return left < 1
    ? failed(`${span}: less than an hour is left`, 'see why it was not renewed')
    : ok(span);
}

/**
 * One CA at least that all webhooks trust. They may trust more: what cert-manager's injector finds in a
 * caBundle it leaves there, so that a webhook which came later has fewer.
 */
function checkBundles(bundles: readonly Bundle[]): Result {
  const [first, ...others] = bundles;
  if (!first) return unknown('there is no webhook configuration');
  const empty = bundles.filter(({ cas }) => cas.length === 0).map(({ name }) => name);
  if (empty.length > 0) {
    const remedy =
      'see whether Deployment eni-config-guard-trust runs, which writes it, or cert-manager does';
    return failed(`no certificate in the caBundle of ${listed(empty)}`, remedy);
  }
  let common = first.cas.map(identityOf);
  for (const { name, cas } of others) {
    const ids = new Set(cas.map(identityOf));
    common = common.filter((id) => ids.has(id));
    if (common.length > 0) continue;
    return failed(
      `${name} and the webhooks before it have no CA in common`,
      'look at its managedFields: who writes it, a person or a GitOps tool? Nothing but eni-config-guard-trust, or cert-manager, may own it',
    );
  }
  return ok(`${count(common.length, 'CA')} in all of ${count(bundles.length, 'webhook')}`);
}

/** A dry run of a refused write, all the way through the API server. */
async function checkLatency(
  timeoutSeconds: number,
  { tryWrite, clock }: Instruments,
): Promise<Result> {
  const begun = clock();
  const { outcome, message } = await tryWrite();
  const took = Math.round(clock() - begun);
  // The path of the guard may hold a token.
  const told = masked(message, 600);
  if (outcome === 'unknown') return unknown(told, 'needs the right to patch configmaps/eni-config');
  if (outcome !== 'guarded')
    return failed(told, 'mend what fails above; a mode of warn or audit refuses nothing');
  const seen = `refused within ${took} ms, of ${timeoutSeconds} s that the webhook has`;
  if (took < timeoutSeconds * 500) return ok(seen);
  return failed(seen, 'see whether the guard has CPU enough, and the metrics of its reviews');
}
