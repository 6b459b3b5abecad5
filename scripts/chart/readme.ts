import { type Pair, type Scalar, type YAMLMap, isMap, isScalar, parseDocument } from 'yaml';

/** README of the chart: the values as values.yaml explains them. */
export function renderReadme(values: string): string {
  const document = parseDocument<YAMLMap>(values);
  if (!isMap(document.contents)) throw new TypeError('values.yaml holds no map');
  // The comment above the first key belongs to the map.
  const rows = rowsOf(document.contents, [], document.commentBefore ?? '');
  return [
    '# Helm chart of eni-config-guard',
    '<!-- Made from values.yaml by `npm run chart`; edits here are lost. -->',
    'Guards `kube-system/eni-config` of an ACK cluster. One guard a cluster: every object is called ' +
      '`eni-config-guard`, whatever the release is called. Kubernetes 1.30 or newer.',
    '```sh\nhelm install eni-config-guard charts/eni-config-guard -n kube-system \\\n  --set image.repository=<your registry>/eni-config-guard --atomic\n```',
    '`--atomic` waits and takes everything back on failure; with Helm 4 it is called ' +
      '`--rollback-on-failure`. No value has to be set but `image.repository`. Unknown values are ' +
      'refused. How to verify, upgrade, disarm and uninstall stands in docs/install.md and docs/operate.md of the project.',
    '## Values',
    ['| value | default | meaning |', '| --- | --- | --- |', ...rows].join('\n'),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

/** A row for every value that has a comment of its own; what lies below it is shown as its default. */
function rowsOf(map: YAMLMap, path: readonly string[], first = map.commentBefore ?? ''): string[] {
  return (map.items as Pair<Scalar<string>>[]).flatMap(({ key, value }, index) => {
    const steps = [...path, key.value];
    const comment = (index === 0 ? [first, key.commentBefore] : [key.commentBefore])
      .filter((part) => part)
      .join('\n');
    const row =
      comment === '' ? [] : [`| \`${steps.join('.')}\` | ${shown(value)} | ${prose(comment)} |`];
    return isMap(value) && hasComments(value) ? [...row, ...rowsOf(value, steps)] : row;
  });
}

const hasComments = (map: YAMLMap): boolean =>
  Boolean(map.commentBefore) ||
  (map.items as Pair<Scalar<string>>[]).some(
    ({ key, value }) => Boolean(key.commentBefore) || (isMap(value) && hasComments(value)),
  );

function shown(value: unknown): string {
  if (isMap(value) && hasComments(value)) return '';
  const plain = (isScalar(value) ? value.value : (value as YAMLMap).toJSON()) as unknown;
  return `\`${JSON.stringify(plain)}\``;
}

const prose = (comment: string) =>
  comment
    .split('\n')
    .map((line) => line.trim())
    .join(' ')
    .replaceAll('|', '\\|');
