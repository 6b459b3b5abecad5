import { FLOODS, endpointOf } from './floods.ts';

/** `flood-process.ts KIND PORT CA-FILE`: one of the floods, from a process of its own. */

const [kind = '', port, caFile = ''] = process.argv.slice(2);
await FLOODS[kind]?.(endpointOf(Number(port), caFile));
process.exit();
