import t from 'tap';
import { tryBadChain } from '../../../src/cli/verify.ts';
import { ApiError, NO_CREDENTIALS } from '../../../src/kube/api.ts';
import { FAILURES, answeringApi } from '../../support/answering-api.ts';

t.test('it asks for a write that the guard must refuse, as a dry run', async (t) => {
  const { api, calls } = answeringApi({});
  t.same(await tryBadChain(api), {
    outcome: 'open',
    message:
      'a chain without plugins was accepted (dry run): eni-config is not guarded; ' +
      'the guard is not installed, or its mode is warn or audit',
  });
  t.same(calls, [
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/kube-system/configmaps/eni-config',
      query: { dryRun: 'All', fieldManager: 'eni-config-guard-verify' },
      contentType: 'application/merge-patch+json',
      body: { data: { '10-terway.conflist': '{"plugins":[]}' } },
    },
  ]);
});

t.test('what the refusal says', async (t) => {
  const outcomes: [error: Error, outcome: string, message: RegExp][] = [
    [
      new ApiError(422, 'Invalid', 'PATCH: plugins is empty rule: eni-config-guard/chain-shape'),
      'guarded',
      /^kube-system\/eni-config is guarded: a bad chain was refused by eni-config-guard\/chain-shape$/,
    ],
    [
      new ApiError(500, 'InternalError', 'failed calling webhook "x": connection refused'),
      'open',
      /^the API server does not reach the guard: failed calling webhook "x"/,
    ],
    [FAILURES.notFound, 'unknown', /^there is no kube-system\/eni-config: no Terway/],
    [FAILURES.forbidden, 'unknown', /^refused, but not by the guard: no right to do this$/],
    [
      new ApiError(422, 'Invalid', 'refused by eni-config-guard/json-syntax'),
      'unknown',
      /^refused, but not by the guard/,
    ],
    [FAILURES.timeout, 'unknown', /^no API server to ask: no whole answer within 5000 ms$/],
    [
      new ApiError(undefined, NO_CREDENTIALS, 'there is no kubeconfig'),
      'unknown',
      /^no API server to ask: there is no kubeconfig$/,
    ],
    [new TypeError('a\u001b[2Jb'), 'unknown', /^no API server to ask: a\\u001b\[2Jb$/],
  ];
  for (const [error, outcome, message] of outcomes) {
    t.match(await tryBadChain(answeringApi(error).api), { outcome, message }, error.message);
  }
});
