import { connect } from '../kube/api.ts';
import { compare } from '../rollout/history/comparison.ts';
import {
  diffAsJson,
  diffAsText,
  listAsJson,
  listAsText,
  revisionAsJson,
  revisionAsText,
} from '../rollout/history/report.ts';
import { type Revision, configMapOf } from '../rollout/history/revision.ts';
import { defineCommand } from './frame/command.ts';
import { KUBECONFIG, OUTPUT } from './frame/flags.ts';
import { calledAs } from './frame/help.ts';
import { note, print } from './frame/print.ts';
import { historyOf, revisionNamed } from './revisions.ts';
import { UsageError } from './usage-error.ts';

export const SHOW_SECRETS = {
  'show-secrets': { about: 'print values of eni_conf, of unknown keys and of credentials, too' },
} as const;

export const command = defineCommand(
  {
    operands: '[REV | diff REV REV]',
    operandWords: ['diff'],
    details:
      'Lists what stood in eni-config lately, prints one revision, or compares two. It takes the right to\n' +
      'get the Secret kube-system/eni-config-guard-history, which holds eni_conf, too.',
    flags: { ...KUBECONFIG, ...OUTPUT, ...SHOW_SECRETS },
    examples: ['history', 'history 12', 'history diff 11 12'],
    statuses: "0 shown, 2 there is no such revision, or it can't be read",
  },
  async ({ operands, flags: { output = 'text', 'show-secrets': hasSecrets, ...connection } }) => {
    const [word, from, to, ...more] = operands;
    const isDiff = word === 'diff';
    if (isDiff ? to === undefined || more.length > 0 : from !== undefined) {
      throw new UsageError(
        `history takes no operand, one REV, or diff and two; see ${calledAs()} history --help`,
      );
    }
    const history = await historyOf(connect(connection));
    const isJson = output === 'json';
    if (word === undefined) {
      if (!isJson && history.revisions.length === 0) note('no revision is kept yet');
      else await print(isJson ? listAsJson(history) : listAsText(history));
    } else if (isDiff) {
      const [old, now] = [from, to].map((rev = '') => revisionNamed(history, rev));
      if (!old || !now) return 2;
      const changes = compare(textsOf(old), textsOf(now), hasSecrets);
      await print(isJson ? diffAsJson(old, now, changes) : diffAsText(changes));
    } else {
      const revision = revisionNamed(history, word);
      textsOf(revision);
      await print((isJson ? revisionAsJson : revisionAsText)(revision, hasSecrets));
    }
    return 0;
  },
);

/** Throws UsageError for a revision of which no texts are kept. */
export function textsOf(revision: Revision) {
  const texts = configMapOf(revision);
  if (texts) return texts;
  throw new UsageError(
    revision.deleted
      ? `in revision ${revision.number} there was no eni-config`
      : `revision ${revision.number} was too large to keep: of its texts only the hash is known`,
  );
}
