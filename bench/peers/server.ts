import { type ChildProcess, spawn } from 'node:child_process';
import { freePort } from '../../test/support/program.ts';
import { memoryOf } from '../memory.ts';
import { processorSeconds } from '../processor-time.ts';
import type { Peer } from './peers.ts';

/** The core that a webhook has for itself; what asks it runs on another one. */
const CORE = 1;

/** A webhook at work, in a process that one core runs. */
export interface PeerServer {
  readonly peer: Peer;
  readonly port: number;
  /** Seconds of processor time, in user and kernel mode, of all threads so far. */
  cpuSeconds(): number;
  /** Resident memory in MiB, now. */
  rss(): number;
  /** Throws, with the end of what it wrote, when it has ended. */
  assertRunning(): void;
  stop(): void;
}

/** Starts a webhook, which may not answer yet. */
export async function startPeer(peer: Peer, env: NodeJS.ProcessEnv): Promise<PeerServer> {
  const port = await freePort();
  const child = spawn('taskset', ['-c', String(CORE), ...peer.command(port)], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  const lastWords = keepLastWords(child);
  return {
    peer,
    port,
    cpuSeconds: () => processorSeconds(child),
    rss: () => memoryOf(child, 'VmRSS'),
    assertRunning() {
      if (child.exitCode === null && child.signalCode === null) return;
      throw new Error(`${peer.name} ended:\n${lastWords()}`);
    },
    stop: () => void child.kill('SIGKILL'),
  };
}

const KEPT = 2000;

/** Reads what a child writes, as what runs a pod does; the log line of a review has its price. */
function keepLastWords(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      text =
        chunk.length < KEPT
          ? (text + chunk.toString()).slice(-KEPT)
          : chunk.toString('utf8', chunk.length - KEPT);
    });
  }
  return () => text;
}
