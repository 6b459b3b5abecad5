import type { TurnedAwayReason } from '../audit/metrics.ts';

/** A request that is not read to its end; `message` is one line for the client. */
export class TurnedAwayError extends Error {
  readonly reason: TurnedAwayReason;
  readonly statusCode: number;

  constructor(reason: TurnedAwayReason, statusCode: number, message: string) {
    super(message);
    this.name = 'TurnedAwayError';
    this.reason = reason;
    this.statusCode = statusCode;
  }
}
