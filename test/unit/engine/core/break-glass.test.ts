import t from 'tap';
import {
  breakGlassRequestIn,
  readBreakGlassRequest,
} from '../../../../src/engine/core/break-glass.ts';

const NOW = Date.parse('2026-01-31T12:00:00Z');
const MAX_MINUTES = 240;
const REASON = 'eni-config-guard/bypass-reason';
const UNTIL = 'eni-config-guard/bypass-until';

const read = (reason: string | undefined, until: string | undefined, maxMinutes = MAX_MINUTES) =>
  readBreakGlassRequest({ reason, until }, NOW, maxMinutes);

t.test(
  'a request in order has a reason, and ends in the future but not too far ahead',
  async (t) => {
    const ends: [until: string, shown: string][] = [
      ['2026-01-31T12:00:01Z', '2026-01-31T12:00:01Z'],
      ['2026-01-31T16:00:00Z', '2026-01-31T16:00:00Z'],
      ['2026-01-31T23:30:00+08:00', '2026-01-31T15:30:00Z'],
      ['2026-01-31t13:00:00.250z', '2026-01-31T13:00:00Z'],
    ];
    for (const [until, shown] of ends) {
      t.same(read('  ticket 4711 ', until), { reason: 'ticket 4711', until: shown }, until);
    }
  },
);

t.test('any other request is rejected, with the annotation and the reason', async (t) => {
  const late = '2026-01-31T13:00:00Z';
  const notes: [
    reason: string | undefined,
    until: string | undefined,
    where: string,
    why: RegExp,
  ][] = [
    [undefined, late, REASON, /no reason/],
    ['', late, REASON, /no reason/],
    [' \n\t', late, REASON, /no reason/],
    ['ticket', undefined, UNTIL, /no end/],
    ['ticket', '', UNTIL, /"" is no time such as 2026-01-31T13:00:00Z/],
    ['ticket', 'tomorrow', UNTIL, /"tomorrow" is no time/],
    ['ticket', '2026-01-31', UNTIL, /no time/],
    ['ticket', '2026-01-31T13:00:00', UNTIL, /no time/],
    ['ticket', '2026-01-31 13:00:00Z', UNTIL, /no time/],
    ['ticket', '2026-13-31T13:00:00Z', UNTIL, /no time/],
    ['ticket', '2026-01-31T25:00:00Z', UNTIL, /no time/],
    ['ticket', '1769864400', UNTIL, /no time/],
    ['ticket', '\u001b[2J', UNTIL, /"\\u001b\[2J" is no time/],
    ['ticket', '2026-01-31T12:00:00Z', UNTIL, /^it expired at 2026-01-31T12:00:00Z$/],
    ['ticket', '2020-01-01T00:00:00Z', UNTIL, /^it expired at 2020-01-01T00:00:00Z$/],
    ['ticket', '2026-01-31T16:00:01Z', UNTIL, /too far ahead; at most 240 minutes/],
    ['ticket', '9999-12-31T23:59:59Z', UNTIL, /too far ahead/],
  ];
  for (const [reason, until, annotation, why] of notes) {
    const found = read(reason, until);
    t.match(found, { status: 'rejected', annotation, why }, JSON.stringify([reason, until]));
  }
});

t.test('the remedy is a time that would do', async (t) => {
  const fixes: [maxMinutes: number, fix: string][] = [
    [240, `"${UNTIL}": "2026-01-31T13:00:00Z"`],
    [10, `"${UNTIL}": "2026-01-31T12:10:00Z"`],
  ];
  for (const [maxMinutes, fix] of fixes) {
    t.match(read('ticket', 'soon', maxMinutes), { fix: { kind: 'paste', text: fix } });
  }
});

t.test('a reason is printable and bounded, whatever was written', async (t) => {
  const found = read(`\u001b[31m${'x'.repeat(100_000)}`, '2026-01-31T13:00:00Z');
  t.match(found, { reason: /^\\u001b\[31mx+\.\.\.$/ });
  t.ok('reason' in found && found.reason.length < 300);
});

t.test('a request is found among annotations of any kind', async (t) => {
  const annotations: [annotations: unknown, request: unknown][] = [
    [undefined, undefined],
    [null, undefined],
    ['text', undefined],
    [{}, undefined],
    [{ other: 'a' }, undefined],
    [{ [REASON]: 4711 }, undefined],
    [{ [REASON]: 'a' }, { reason: 'a', until: undefined }],
    [
      { [UNTIL]: 'b', other: 'c' },
      { reason: undefined, until: 'b' },
    ],
    [
      { [REASON]: '', [UNTIL]: '' },
      { reason: '', until: '' },
    ],
  ];
  for (const [given, request] of annotations) {
    t.same(breakGlassRequestIn(given), request, JSON.stringify(given));
  }
});
