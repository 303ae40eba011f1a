import type { IncomingMessage } from 'node:http';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { clientAddress } from './client-address.ts';
import type { Limits } from './limits.ts';

const JOIN_WINDOW_S = 60;

export interface AdmissionOptions {
  readonly limits: Limits;
  /** Pages that may connect, as `Origin` names them; undefined: all, since there are no cookies or accounts to abuse. */
  readonly origins: readonly string[] | undefined;
  /** Reverse proxies before this server (client-address.ts). */
  readonly trustedProxies: number;
}

/** A place for one socket, kept until `leave`. */
export interface Place {
  /** See client-address.ts. */
  readonly address: string;
  /** Counts a join of this address. Gives the ms to wait if it joined too often, else 0. */
  join(): Promise<number>;
  leave(): void;
}

export type AdmissionRefusal = 'origin' | 'server-full' | 'address-full';

export interface Admission {
  /** Takes a place for the socket of a WebSocket handshake, or says why there is none. */
  enter(request: IncomingMessage): Place | AdmissionRefusal;
}

/** Who may connect, and how often an address may join. Knows sockets by their number only. */
export function createAdmission({ limits, origins, trustedProxies }: AdmissionOptions): Admission {
  const perAddress = new Map<string, number>();
  const joins = new RateLimiterMemory({ points: limits.joinsPerMinute, duration: JOIN_WINDOW_S });
  let sockets = 0;

  function isAllowed(origin: string | undefined): boolean {
    return origins === undefined || (origin !== undefined && origins.includes(origin));
  }

  return {
    enter(request) {
      if (!isAllowed(request.headers.origin)) return 'origin';
      if (sockets >= limits.maxSockets) return 'server-full';
      const address = clientAddress(request, trustedProxies);
      const ofAddress = perAddress.get(address) ?? 0;
      if (ofAddress >= limits.maxSocketsPerAddress) return 'address-full';
      perAddress.set(address, ofAddress + 1);
      sockets += 1;
      let left = false;
      return {
        address,
        async join() {
          try {
            await joins.consume(address);
            return 0;
          } catch (result) {
            // The limiter throws its answer; anything else is a bug.
            if (!(result instanceof RateLimiterRes)) throw result;
            return Math.max(1, result.msBeforeNext);
          }
        },
        leave() {
          if (left) return;
          left = true;
          sockets -= 1;
          const others = (perAddress.get(address) ?? 1) - 1;
          if (others === 0) perAddress.delete(address);
          else perAddress.set(address, others);
        },
      };
    },
  };
}
