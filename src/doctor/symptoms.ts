import { NODE_SYMPTOMS } from './node-symptoms.ts';
import type { Symptom } from './symptom.ts';

const CALL = /failed calling webhook|failed to call webhook/i;
const PODS =
  'look at its pods: kubectl get pods -A -l app.kubernetes.io/name=eni-config-guard -o wide';
const CHECKS = 'let the eight checks find the place: eni-config-guard doctor';
const WAY_OUT =
  'if eni-config must be written now: kubectl delete validatingwebhookconfiguration eni-config-guard';
const CERTIFICATE =
  'with certificates.source self-signed and files Deployment eni-config-guard-trust writes caBundle by ' +
  'itself: see whether its pod runs, and its log';

/**
 * The table, the particular before the general: what follows on a match is told, too, but for
 * those whose `has` a match above is a case of. Parts are of texts of Kubernetes (apiserver,
 * client-go), containerd, libcni and the CNI plugins.
 */
export const SYMPTOMS: readonly Symptom[] = [
  {
    id: 'webhook-refused-connection',
    has: [CALL, /connection refused/i],
    wrong: 'The API server reaches the address of the guard, and nothing listens there.',
    remedy: [
      PODS,
      'a pod that has just died or been replaced: try again in a few seconds',
      WAY_OUT,
    ],
  },
  {
    id: 'webhook-no-endpoints',
    has: [/no endpoints available for service/i],
    wrong: 'The Service of the guard has no ready pod behind it.',
    remedy: [
      PODS,
      'pods that are not ready wait for a certificate: eni-config-guard doctor names the check that fails',
      WAY_OUT,
    ],
  },
  {
    id: 'webhook-no-service',
    has: [CALL, /services? "[^"]*" not found/i],
    wrong:
      'The webhook configuration names a Service that does not exist: the guard was removed, or moved to another namespace, without its configuration.',
    remedy: [
      'install the chart again, or remove what is left: kubectl delete validatingwebhookconfiguration,mutatingwebhookconfiguration eni-config-guard',
    ],
  },
  {
    id: 'webhook-timeout',
    has: [CALL, /context deadline exceeded|Client\.Timeout|i\/o timeout|request canceled/i],
    wrong: "No answer came within the webhook's timeoutSeconds.",
    remedy: [
      "see whether the API server's network reaches the guard: security groups of a managed control plane, NetworkPolicies, a lost node (its endpoint is withdrawn after about a minute)",
      'see whether the guard is short of CPU: eni_config_guard_review_duration_seconds in its metrics',
      CHECKS,
      WAY_OUT,
    ],
  },
  {
    id: 'webhook-no-route',
    has: [CALL, /no route to host|network is unreachable|host is down/i],
    wrong: 'The API server has no way to the address of the guard.',
    remedy: [
      'run the guard with hostNetwork: true, as the chart does by default, so that it does not need the pod network that it guards',
      PODS,
      WAY_OUT,
    ],
  },
  {
    id: 'webhook-no-such-host',
    has: [CALL, /no such host|server misbehaving/i],
    wrong: "The webhook configuration has a url whose name the API server can't resolve.",
    remedy: ['let clientConfig name a Service instead of a url, as the chart does'],
  },
  {
    id: 'webhook-broken-connection',
    has: [CALL, /\bEOF\b|connection reset by peer|broken pipe/i],
    wrong:
      'The connection broke off before the answer: a pod ended in the middle of the call, or what listens there speaks no TLS.',
    remedy: ['try again', PODS, CHECKS],
  },
  {
    id: 'certificate-unknown-authority',
    has: [
      /x509: certificate signed by unknown authority|unable to get local issuer certificate|self[- ]signed certificate/i,
    ],
    wrong:
      "The certificate that is served is signed by no CA in the webhook configuration's caBundle.",
    remedy: [
      CERTIFICATE,
      'with cert-manager: see the annotation cert-manager.io/inject-ca-from, and that the issuer is the one that signed',
      'with files: ca.crt of the Secret has to hold the CA that signed its tls.crt',
      CHECKS,
    ],
  },
  {
    id: 'certificate-name',
    has: [
      /x509: certificate is (valid for|not valid for any names)|x509: cannot validate certificate for|does not match certificate's altnames|certificate relies on legacy Common Name/i,
    ],
    wrong: 'The certificate that is served is for another name than the API server calls.',
    remedy: [
      'it has to be for eni-config-guard.NAMESPACE.svc, with NAMESPACE that of the Service; with certificates.source files or cert-manager, issue it anew for that name',
      CHECKS,
    ],
  },
  {
    id: 'certificate-dates',
    has: [
      /x509: certificate has expired or is not yet valid|certificate has expired|certificate is not yet valid/i,
    ],
    wrong:
      'The certificate that is served, or its CA, has expired or is not valid yet by the clock of the API server.',
    remedy: [
      'compare the clocks of the control plane and of the nodes',
      'with certificates.source self-signed it is renewed by itself; with files or cert-manager see why it was not',
      CHECKS,
    ],
  },
  {
    id: 'webhook-not-the-guard',
    has: [
      CALL,
      /couldn't get version\/kind|json parse error|0-length response|expected response\.uid|webhook response was absent|server gave HTTP response to HTTPS client|first record does not look like a TLS handshake/i,
    ],
    wrong:
      'Something answers at that address, and it is not the guard: a proxy, or another program on the port.',
    remedy: [
      'see what the endpoints are: kubectl get endpointslices -A -l kubernetes.io/service-name=eni-config-guard -o wide',
      CHECKS,
    ],
  },
  {
    id: 'webhook-server-error',
    has: [CALL, /an error on the server \(/i],
    wrong:
      'The guard, or a proxy before it, answered with an HTTP error. The guard does so for a body over its limit and when it is overloaded.',
    remedy: ["see the guard's log of that moment", WAY_OUT],
  },
  {
    id: 'webhook-failed',
    has: [CALL],
    wrong:
      'The API server could not ask the guard, so under failurePolicy Fail it refused the write.',
    remedy: [PODS, CHECKS, WAY_OUT],
  },
  {
    id: 'floor',
    has: [/ValidatingAdmissionPolicy '?eni-config-guard/i],
    wrong:
      'The floor refused the write: a policy in the API server that holds while no guard runs.',
    remedy: [
      'do what its text says, or use break-glass, as docs/operate.md describes it',
      'without a way to mend it: kubectl delete validatingadmissionpolicybinding eni-config-guard',
    ],
  },
  {
    id: 'immutable',
    has: [/field is immutable when `?immutable`? is set/i],
    wrong:
      'eni-config is marked immutable: Kubernetes refuses every change of its data from then on, and does not take the mark away.',
    remedy: [
      'save it, delete it and create it without immutable: true in one go, at a time when no Terway pod starts: kubectl get configmap eni-config -n kube-system -o yaml',
      'the guard refuses the deletion: use break-glass for it',
    ],
  },
  {
    id: 'no-right',
    has: [/is forbidden: User|cannot (get|list|watch|create|update|patch|delete) resource/i],
    wrong: 'RBAC gives this user no right to do that; the guard was not asked.',
    remedy: [
      'ask for the right, or name another user with --kubeconfig or --context; see it with: kubectl auth can-i patch configmaps/eni-config -n kube-system',
    ],
  },
  {
    id: 'conflict',
    has: [
      /the object has been modified; please apply your changes to the latest version|Apply failed with \d+ conflicts?/i,
    ],
    wrong:
      'Another writer changed eni-config in between, or owns a field of it (server-side apply).',
    remedy: ['read it again and repeat the change; do not force away the fields of ACK'],
  },
  ...NODE_SYMPTOMS,
  {
    id: 'guard-refused',
    has: [/denied the request/i, /eni-config-guard/i],
    wrong: 'The guard refused the write: nothing was changed.',
    remedy: [
      'do what the lines that begin with "fix:" say; ways past the guard are in docs/operate.md, "How to get unstuck"',
    ],
  },
  {
    id: 'no-api-server',
    has: [
      /connection to the server .* was refused|ECONNREFUSED|dial tcp [^ ]*: connect: connection refused|Unable to connect to the server/i,
    ],
    wrong: 'Nothing listens at the address that was called.',
    remedy: [
      'see whether the kubeconfig and its current context are the right ones: kubectl config current-context',
    ],
  },
  {
    id: 'deadline',
    has: [/context deadline exceeded|i\/o timeout/i],
    wrong: 'An answer did not come in time. The sentence does not say that a webhook was asked.',
    remedy: ['paste the whole sentence, from "Error from server" on', CHECKS],
  },
];
