import { t } from 'tap';

import { buildModule } from '../../support/go-build.ts';
import { programsFor } from '../../support/programs.ts';

t.test('buildModule() pins the staging modules to their published releases', (t) => {
  const goMod = [
    'module k8s.io/kubernetes',
    'go 1.24.0',
    'require k8s.io/api v0.0.0',
    'replace (',
    '\tk8s.io/api => ./staging/src/k8s.io/api',
    '\tk8s.io/client-go => ./staging/src/k8s.io/client-go',
    '\texample.com/fork => example.com/other v1.0.0',
    ')',
  ].join('\n');
  t.equal(
    buildModule(programsFor('1.34.3').kubectl, goMod),
    [
      'module controlplane',
      'go 1.24.0',
      'require k8s.io/kubernetes v1.34.3',
      'replace k8s.io/api => k8s.io/api v0.34.3',
      'replace k8s.io/client-go => k8s.io/client-go v0.34.3',
      '',
    ].join('\n'),
  );
  t.end();
});
