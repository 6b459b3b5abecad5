import t from 'tap';
import { rollBack } from '../../../src/cli/compose/rollback.ts';
import { RolloutReport } from '../../../src/cli/compose/rollout-report.ts';
import type { RolloutCall } from '../../../src/cli/compose/rollout-situation.ts';
import { rollOut } from '../../../src/cli/compose/rollout.ts';
import { readStatusAndNodes } from '../../../src/cli/status.ts';
import { type ApiCall, ApiError, type ApiServer } from '../../../src/kube/api.ts';
import {
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../support/config-maps.ts';
import { RollingCluster } from './rolling-cluster.ts';

const CALL: RolloutCall = {
  nodes: undefined,
  maxUnavailable: '2',
  pauseMs: undefined,
  allowsUnchecked: false,
  isDryRun: false,
  isConfirmed: true,
  isRollback: false,
  image: 'guard:1',
  namespace: 'kube-system',
  config: undefined,
  output: 'json',
};
const FORMER = withConflist(BASE_VETH, conflist([VETH_CONF]));
const TODAY = withConflist(BASE_VETH, conflist([VETH_CONF, PORTMAP]));
const NODES = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'];

/** A cluster of six nodes, of which one is harmed by today's chain. */
const cluster = (harmed: string | undefined, history = [FORMER, TODAY]) =>
  new RollingCluster(NODES, history, (node, data) => node === harmed && data === TODAY);

async function told(work: (report: RolloutReport) => Promise<unknown>) {
  const lines: string[] = [];
  const report = new RolloutReport('json', async (text) => Promise.resolve(void lines.push(text)));
  const end = await work(report);
  await report.end();
  return {
    end,
    events: lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>),
  };
}

t.test('a good chain gets to every node', async (t) => {
  const api = cluster(undefined);
  const { end, events } = await told(async (report) => rollOut(api, CALL, report));
  t.match(end, { how: 'done', well: 6, failures: [], leftOut: 0 });
  t.match(events[0], { event: 'plan', waves: [['n1'], ['n2', 'n3'], ['n4', 'n5'], ['n6']] });
  t.same(api.restarts.sort(), NODES);
  t.equal(api.checkPods.size, 0);
  const again = await told(async (report) => rollOut(api, CALL, report));
  t.match(again.end, { how: 'done', well: 0, untouched: 0 });
  t.equal(api.restarts.length, 6, 'called again it has nothing to do');
});

t.test('status and rollout list nodes once', async (t) => {
  const listsOf = async (work: (api: ApiServer) => Promise<unknown>) => {
    const api = cluster(undefined);
    const lists: string[] = [];
    const call = async <T>(call: ApiCall): Promise<T> => {
      if (call.path === '/api/v1/nodes') lists.push(JSON.stringify(call.query));
      return api.call(call);
    };
    await work({ call, watch: api.watch.bind(api) });
    return lists.length;
  };
  t.equal(await listsOf(async (api) => readStatusAndNodes({ config: undefined }, api)), 1);
  const call = { ...CALL, isDryRun: true };
  t.equal(await listsOf(async (api) => told(async (report) => rollOut(api, call, report))), 1);
  const report = await readStatusAndNodes({ config: undefined }, cluster(undefined));
  t.match(report.nodes?.counts, { former: 6 });
});

t.test('a dry run changes nothing', async (t) => {
  const api = cluster('n3');
  const call = { ...CALL, isDryRun: true };
  const { end, events } = await told(async (report) => rollOut(api, call, report));
  t.equal(end, undefined);
  t.match(events, [{ event: 'plan', maxUnavailable: 2 }]);
  t.same(api.restarts, []);
});

t.test(
  'it refuses to begin where another rollout has left pods, and where status is red',
  async (t) => {
    const api = cluster(undefined);
    api.checkPods.set('left', false);
    const { end } = await told(async (report) => rollOut(api, CALL, report));
    t.match(end, { how: 'refused', why: /--clean-up/ });
    const red = cluster(undefined, [FORMER, withConflist(BASE_VETH, '{"plugins":[]}')]);
    const refused = await told(async (report) => rollOut(red, CALL, report));
    t.match(refused.end, { how: 'refused', why: /not safe to restart on \(.*chain-shape/ });
    t.same([...api.restarts, ...red.restarts], []);
  },
);

t.test('it restarts nothing where pods of checks would be refused', async (t) => {
  const api = cluster(undefined);
  api.refusesPods = new ApiError(403, 'Forbidden', 'violates PodSecurity "restricted:latest"');
  await t.rejects(
    told(async (report) => rollOut(api, CALL, report)),
    {
      name: 'UsageError',
      message:
        'the pods that check can\'t be made in kube-system: violates PodSecurity "restricted:latest"; ' +
        '--namespace names another place for them',
    },
  );
  t.same(api.restarts, []);
});

t.test('after harm it does not begin again, and the way back mends that node alone', async (t) => {
  const api = cluster('n3');
  const { end } = await told(async (report) => rollOut(api, CALL, report));
  t.match(end, {
    how: 'stopped',
    well: 2,
    untouched: 3,
    failures: [{ node: 'n3', kind: 'harmed', check: 'terway', said: /type not found/ }],
  });
  const again = await told(async (report) => rollOut(api, CALL, report));
  t.match(again.end, { how: 'refused', why: /^n3 runs the stored chain or tries to/ });
  t.same(api.restarts.sort(), ['n1', 'n2', 'n3']);

  const back = await told(async (report) => rollBack(api, CALL, report));
  t.match(back.end, { how: 'done', well: 1, behind: 2, failures: [] });
  t.equal(api.data['10-terway.conflist'], FORMER['10-terway.conflist']);
  t.same(api.restarts.slice(3), ['n3']);
  t.match(back.events, [{ event: 'back', revision: 1 }, { event: 'search' }]);
  t.equal(api.checkPods.size, 0);
});

t.test('gone back already, it goes on with the harmed nodes and brings nothing back', async (t) => {
  const api = cluster('n3');
  await told(async (report) => rollOut(api, CALL, report));
  const gone = new RollingCluster(NODES, [FORMER, TODAY, FORMER], () => false);
  const { end, events } = await told(async (report) => rollBack(gone, CALL, report));
  t.match(end, { how: 'done', well: 0, failures: [] });
  t.equal(gone.data, FORMER);
  t.notOk(events.some(({ event }) => event === 'back'));
});

t.test('without another chain in the history there is no way back', async (t) => {
  const api = cluster(undefined, [TODAY]);
  const { end } = await told(async (report) => rollBack(api, CALL, report));
  t.match(end, { how: 'refused', why: /the history holds no texts with another chain/ });
});
