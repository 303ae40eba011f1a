import { createHmac, randomBytes } from 'node:crypto';
import { pino, type DestinationStream, type Logger } from 'pino';

export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What the server writes down, as JSON lines: to stderr, since stdout is for the person who started it. */
export interface Log {
  readonly lines: Logger;
  /**
   * A label for what must not be written down: room ids, addresses, and all else that a client sends. The same
   * value has the same label until the server ends, and the key to it is never written anywhere.
   */
  label(secret: string): string;
}

/** `destination`: where lines go; file descriptor 2 by default. */
export function createLog(level: LogLevel, destination?: DestinationStream): Log {
  const key = randomBytes(32);
  return {
    lines: pino(
      { level, base: { pid: process.pid } },
      destination ?? pino.destination({ fd: 2, sync: true }),
    ),
    label: (secret) => createHmac('sha256', key).update(secret).digest('hex').slice(0, 8),
  };
}
