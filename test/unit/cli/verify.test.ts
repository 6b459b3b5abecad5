import t from 'tap';
import { tryBadChain } from '../../../src/cli/verify.ts';
import { ApiError, type ApiServer, NO_CREDENTIALS } from '../../../src/kube/api.ts';
import { FAILURES, answeringApi } from '../../support/answering-api.ts';

t.test('it asks for a write that the guard must refuse, as a dry run', async (t) => {
  const { api, calls } = answeringApi({});
  t.same(await tryBadChain(api), {
    outcome: 'open',
    message:
      'a chain without plugins was accepted without a word (dry run): eni-config is not guarded, ' +
      'or the guard runs in mode audit',
  });
  t.match(calls, [
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/kube-system/configmaps/eni-config',
      query: { dryRun: 'All', fieldManager: 'eni-config-guard-verify' },
      contentType: 'application/merge-patch+json',
      body: { data: { '10-terway.conflist': '{"plugins":[]}' } },
    },
  ]);
});

t.test('a guard that only warns is told from none', async (t) => {
  const warning =
    'would be refused: data[10-terway.conflist].plugins: line 1: is empty (chain-shape)';
  const warningApi: ApiServer = {
    call(call) {
      call.onWarnings?.([warning]);
      return Promise.resolve({} as never);
    },
    watch: () => {
      throw new Error('verify watches nothing');
    },
  };
  t.match(await tryBadChain(warningApi), {
    outcome: 'warned',
    message: /^kube-system\/eni-config is guarded, but refuses nothing \(mode warn/,
  });
});

t.test('what the refusal says', async (t) => {
  const outcomes: [error: Error, outcome: string, message: RegExp][] = [
    [
      new ApiError(422, 'Invalid', 'PATCH: plugins is empty, and so on...', {
        causes: ['  rule: eni-config-guard/chain-shape'],
      }),
      'guarded',
      /^kube-system\/eni-config is guarded: a bad chain was refused by eni-config-guard\/chain-shape$/,
    ],
    [
      new ApiError(500, 'InternalError', 'failed calling webhook "x": connection refused'),
      'open',
      /^the API server does not reach the guard: failed calling webhook "x"/,
    ],
    [
      new ApiError(500, 'InternalError', 'failed calling webhook "x": "https://h/validate/t0ken"'),
      'open',
      /"https:\/\/h\/\*\*\*"$/,
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
