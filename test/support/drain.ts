import { send } from './https-client.ts';
import type { RunningProgram } from './program.ts';
import { waitFor } from './wait.ts';

/** The end of the program. */

const get = { method: 'GET', headers: {} };
const PATIENCE_MS = 20_000;

/** Waits until a new connection learns that the server gets no more traffic. */
export async function isDraining({ endpoint }: RunningProgram): Promise<void> {
  await waitFor('/readyz to answer 503', PATIENCE_MS, async () => {
    const { status } = await send(endpoint, '/readyz', '', get);
    return status === 503 ? true : undefined;
  });
}
