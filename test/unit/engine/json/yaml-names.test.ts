import t from 'tap';
import { numberAsName } from '../../../../src/engine/json/yaml/plain.ts';

t.test(
  'a number as a name has the digits of a float32, as sigs.k8s.io/yaml writes it',
  async (t) => {
    const rows: [value: number, name: string][] = [
      [80, '80'],
      [1.5, '1.5'],
      [0.1, '0.1'],
      [1e-7, '1e-07'],
      [2 ** 80, '1.2089258e+24'],
      [Infinity, '.inf'],
      [-Infinity, '-.inf'],
      [NaN, '.nan'],
    ];
    for (const [value, name] of rows) t.equal(numberAsName(value), name);
  },
);
