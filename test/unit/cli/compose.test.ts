import t from 'tap';
import { factSourceState, unknownTo } from '../../../src/cli/compose/facts.ts';
import { apiServerFor } from '../../../src/cli/compose/webhooks.ts';
import { DEFAULT_CONFIG, readConfig } from '../../../src/config/load.ts';
import type { KnownFacts, SourceStatus } from '../../../src/facts/store.ts';
import { NO_FACTS } from '../../../src/engine/core/facts.ts';
import { FAILURES } from '../../support/answering-api.ts';

t.test(
  'an API server is asked only where the configuration or the surroundings name one',
  async (t) => {
    t.equal(apiServerFor(DEFAULT_CONFIG, {}), undefined);
    const empty = { KUBECONFIG: '', KUBERNETES_SERVICE_HOST: '' };
    t.equal(apiServerFor(DEFAULT_CONFIG, empty), undefined);
    t.ok(apiServerFor(DEFAULT_CONFIG, { KUBECONFIG: '/kubeconfig' }));
    t.ok(apiServerFor(DEFAULT_CONFIG, { KUBERNETES_SERVICE_HOST: '10.0.0.1' }), 'in a pod');
    t.ok(apiServerFor(readConfig('facts: { source: cluster }', 'a'), {}));
  },
);

const FINE: SourceStatus = { source: 'nodes', lastSuccess: 7 };
const FAILING: SourceStatus = { source: 'terway', lastError: FAILURES.forbidden };

t.test('what could not be learnt: sources that fail, then what tells nothing', async (t) => {
  const known: KnownFacts = {
    facts: () => NO_FACTS,
    status: () => [FINE, FAILING],
    gaps: () => ['there is no DaemonSet'],
  };
  t.same(unknownTo(known), ['terway: no right to do this', 'there is no DaemonSet']);
});

t.test('the state of a source, for the metrics', async (t) => {
  t.same(factSourceState(FINE), { name: 'nodes', lastSuccessMs: 7, failing: false });
  t.same(factSourceState(FAILING), { name: 'terway', lastSuccessMs: undefined, failing: true });
});
