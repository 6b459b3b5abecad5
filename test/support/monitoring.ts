import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** What the chart ships for Prometheus and Grafana, as far as tests look at it. */

const read = (name: string) =>
  readFileSync(new URL(`../../charts/eni-config-guard/files/${name}`, import.meta.url), 'utf8');

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export function alerts(): Alert[] {
  const file = parse(read('alerts.yaml')) as {
    readonly groups: readonly { readonly rules: readonly Alert[] }[];
  };
  return file.groups.flatMap(({ rules }) => rules);
}

export interface PanelQuery {
  readonly title: string;
  readonly expr: string;
  readonly legendFormat: string;
}

export function panelQueries(): PanelQuery[] {
  const dashboard = JSON.parse(read('dashboard.json')) as {
    readonly panels: readonly {
      readonly title: string;
      readonly targets: readonly Omit<PanelQuery, 'title'>[];
    }[];
  };
  return dashboard.panels.flatMap(({ title, targets }) =>
    targets.map(({ expr, legendFormat }) => ({ title, expr, legendFormat })),
  );
}
