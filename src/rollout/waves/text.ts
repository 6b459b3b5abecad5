import { count, printable, sourceText } from '../../engine/text/text.ts';
import type { End, Failure, RolloutEvent } from './event.ts';
import type { FormerText } from './former.ts';
import { CHECKS, type Outcome } from './outcome.ts';
import type { LeftOut, Plan } from './plan.ts';

/** What a rollout tells a person. */

/** What the words depend on beside the event. */
export interface Told {
  /** The program as it was called. */
  readonly program: string;
  readonly former: FormerText | undefined;
}

/** An event in lines, the last one ended. */
export function eventAsText(event: RolloutEvent, told: Told): string {
  return `${linesOf(event, told).join('\n')}\n`;
}

function linesOf(event: RolloutEvent, told: Told): string[] {
  switch (event.kind) {
    case 'plan':
      return planLines(event.plan);
    case 'wait':
      return [`waiting ${event.seconds} s: ${event.why}`];
    case 'wave':
      return [`${waveName(event.number)}: restarting Terway on ${namesOf(event.nodes)}`];
    case 'back':
      return [`eni-config holds revision ${event.revision} again, seen at ${event.at}`];
    case 'search':
      return [`looking for harm on ${namesOf(event.nodes)}`];
    case 'node':
      return [`  ${name(event.node)}: ${outcomeText(event.outcome)}`];
    case 'signal':
      return event.underWay.length === 0
        ? ['interrupted: nothing more begins']
        : [
            `interrupted: ${namesOf(event.underWay)} will be checked before it ends; a second signal ends it now`,
          ];
    case 'end':
      return endLines(event.end, told);
  }
}

const waveName = (number: number) => (number === 1 ? 'canary' : `wave ${number}`);

const MAX_NAMES = 5;
const name = (node: string) => printable(node, 253);

function namesOf(nodes: readonly string[]): string {
  const more = nodes.length - MAX_NAMES;
  const shown = nodes.slice(0, MAX_NAMES).map(name).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function planLines(plan: Plan): string[] {
  const { waves, maxUnavailable, current, ignored, leftOut, looksFirstAt } = plan;
  const due = waves.flat().length;
  const others = [
    ...(current > 0 ? [`${current} run the stored chain already`] : []),
    ...(ignored > 0 ? [`${ignored} read no chain`] : []),
    ...(leftOut.length > 0 ? [`${leftOut.length} left out`] : []),
  ].map((text) => `, ${text}`);
  return [
    `${count(due, 'node')} to restart, at most ${maxUnavailable} at once${others.join('')}`,
    ...(looksFirstAt === undefined ? [] : [`  looked at first: ${name(looksFirstAt)}`]),
    ...waves.map((nodes, index) => {
      const size = nodes.length > MAX_NAMES ? ` (${nodes.length})` : '';
      return `  ${waveName(index + 1)}${size}: ${namesOf(nodes)}`;
    }),
    ...leftOutLines(leftOut),
  ];
}

function leftOutLines(leftOut: readonly LeftOut[]): string[] {
  const more = leftOut.length - MAX_NAMES;
  return [
    ...leftOut.slice(0, MAX_NAMES).map(({ node, why }) => `  left out: ${name(node)}: ${why}`),
    ...(more > 0 ? [`  left out: ${more} more`] : []),
  ];
}

function outcomeText(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'well':
      return 'well';
    case 'harmed':
      return `harmed: failed: ${CHECKS[outcome.check]}`;
    case 'unchecked':
      return `not checked: ${CHECKS[outcome.check]}`;
    case 'gone':
      return 'was deleted meanwhile';
  }
}

function endLines(end: End, told: Told): string[] {
  const { how, why, failures, unjudged } = end;
  const rollout = `${told.program} rollout`;
  const harmed = failures.filter(({ kind }) => kind === 'harmed');
  const goesOn = `to go on: ${rollout}`;
  switch (how) {
    case 'done':
      return [
        `done: ${sumOf(end)}`,
        ...failures.flatMap(failureLines),
        ...leftOutHint(end, rollout),
        ...behindHint(end, rollout),
      ];
    case 'refused':
      return [`refused: ${why ?? ''}`];
    case 'interrupted':
      return [`interrupted: ${sumOf(end)}`, ...failures.flatMap(failureLines), goesOn];
    case 'aborted':
      return [
        `interrupted: ${sumOf(end)}`,
        `not checked any more: ${namesOf(unjudged)}`,
        ...failures.flatMap(failureLines),
        goesOn,
      ];
    case 'stopped':
      return [
        `stopped: ${why === undefined ? '' : `${why}; `}${sumOf(end)}`,
        ...failures.flatMap(failureLines),
        ...(harmed.length > 0 ? wayBack(told.former, rollout) : []),
        ...(harmed.length === 0 && failures.length > 0
          ? [
              'What could not be checked is no harm: make the check possible and call it again,',
              `or go on without it: ${rollout} --allow-unchecked`,
            ]
          : []),
      ];
  }
}

const leftOutHint = ({ leftOut }: End, rollout: string) =>
  leftOut === 0 ? [] : [`${count(leftOut, 'node')} left out; once they are well: ${rollout}`];

const behindHint = ({ behind = 0 }: End, rollout: string) =>
  behind === 0
    ? []
    : [
        `${count(behind, 'node')} well with what was taken back; to bring the former text there: ${rollout}`,
      ];

function sumOf({ well, failures, gone, unjudged, untouched }: End): string {
  const harmed = failures.filter(({ kind }) => kind === 'harmed').length;
  const unchecked = failures.length - harmed + unjudged.length;
  return [
    ...(harmed > 0 ? [`${count(harmed, 'node')} harmed`] : []),
    ...(unchecked > 0 ? [`${count(unchecked, 'node')} not checked`] : []),
    `${count(well, 'node')} well`,
    ...(gone > 0 ? [`${count(gone, 'node')} deleted meanwhile`] : []),
    ...(untouched > 0 ? [`${count(untouched, 'node')} not touched`] : []),
  ].join(', ');
}

function failureLines({ node, kind, check, said }: Failure): string[] {
  return kind === 'harmed'
    ? [`${name(node)} is harmed; failed: ${CHECKS[check]}; what it says:`, `  ${said}`]
    : [`${name(node)} is not checked: ${CHECKS[check]}:`, `  ${said}`];
}

const MAX_CHAIN_LINES = 60;

function wayBack(former: FormerText | undefined, rollout: string): string[] {
  if (!former) {
    return [
      'No history that you may read holds the former chain: put it back by hand, then restart Terway on the',
      'harmed nodes.',
    ];
  }
  const chain = (former.chain ?? '').trimEnd().split('\n');
  const more = chain.length - MAX_CHAIN_LINES;
  return [
    'To go back to the former text, on the harmed nodes alone:',
    `  ${rollout} --rollback`,
    `It is revision ${former.revision}, seen at ${former.at}, with ${
      former.chain === undefined ? 'no chain beside 10-terway.conf' : 'this chain:'
    }`,
    ...(former.chain === undefined
      ? []
      : chain.slice(0, MAX_CHAIN_LINES).map((line) => `  ${sourceText(line)}`)),
    ...(more > 0 ? [`  ... ${count(more, 'more line')}`] : []),
  ];
}
