import t from 'tap';
import { type Flags, readArguments } from '../../../../src/cli/frame/arguments.ts';

const FLAGS = {
  against: { value: 'OLD', about: 'what to compare with' },
  format: { value: 'FORMAT', values: ['text', 'json'], about: 'how to print' },
  plugin: { value: 'NAME=V', repeated: true, about: 'a version' },
  write: { about: 'in place' },
} as const satisfies Flags;

const read = (...args: string[]) =>
  readArguments({ name: 'lint', operands: 'FILE...', flags: FLAGS }, args);

t.test('flags and operands in any order', async (t) => {
  const nothing = { against: undefined, format: undefined, plugin: [], write: false };
  t.strictSame(read(), { flags: nothing, operands: [] });
  t.strictSame(
    read('a.yaml', '--against=old', '--write', '-', '--plugin', 'a=1', '--plugin=b=2', 'b.yaml'),
    {
      flags: { against: 'old', format: undefined, plugin: ['a=1', 'b=2'], write: true },
      operands: ['a.yaml', '-', 'b.yaml'],
    },
  );
  t.strictSame(read('--against', '-'), { flags: { ...nothing, against: '-' }, operands: [] });
  t.strictSame(read('--', '--write'), { flags: nothing, operands: ['--write'] });
  t.strictSame(
    read('--format', 'text', '--format', 'json'),
    { flags: { ...nothing, format: 'json' }, operands: [] },
    'the last one counts',
  );
});

t.test('a value that may be left out is given with =', async (t) => {
  const pause = { value: 'DURATION', isValueOptional: true, about: 'how long' } as const;
  const pauseOf = (...args: string[]) =>
    readArguments({ name: 'rollout', operands: '[X]', flags: { pause } }, args);
  t.strictSame(pauseOf('--pause=5m'), { flags: { pause: '5m' }, operands: [] });
  t.strictSame(pauseOf('--pause', '5m'), { flags: { pause: '' }, operands: ['5m'] });
  t.strictSame(pauseOf(), { flags: { pause: undefined }, operands: [] });
});

t.test('help is asked for wherever it stands', async (t) => {
  for (const args of [['--help'], ['-h'], ['a.yaml', '--write', '-h']])
    t.equal(read(...args), 'help');
  t.strictSame(read('--', '--help').valueOf(), {
    flags: { against: undefined, format: undefined, plugin: [], write: false },
    operands: ['--help'],
  });
});

t.test('what a command does not take is said in one line', async (t) => {
  const calls: [args: string[], message: string][] = [
    [['--agianst', 'x'], 'unknown flag "--agianst"; did you mean --against?'],
    [['--nonsense'], 'unknown flag "--nonsense"'],
    [['--constructor'], 'unknown flag "--constructor"'],
    [['-x'], 'unknown flag "-x"'],
    [['--format', 'xml'], '--format takes text or json, not "xml"'],
    [['--format'], '--format takes a value: FORMAT'],
    [['--against', '--write'], '--against takes a value: OLD'],
    [['--write=yes'], '--write takes no value'],
  ];
  for (const [args, message] of calls) {
    t.throws(() => read(...args), {
      name: 'UsageError',
      message: `${message}; see eni-config-guard lint --help`,
    });
  }
  t.throws(() => readArguments({ name: 'version', flags: {} }, ['now\u001b']), {
    message: 'version takes no "now\\u001b"; see eni-config-guard version --help',
  });
  const needs = { file: { value: 'FILE', required: true, about: '' } } as const;
  t.throws(() => readArguments({ name: 'probe', flags: needs }, []), {
    message: 'probe needs --file FILE; see eni-config-guard probe --help',
  });
});
