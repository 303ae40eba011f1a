import { createContext } from 'svelte';
import type * as connectionChecks from '../../net/connection-checks.ts';
import type { ConnectionLog } from '../../net/connection-log.ts';

/** What the connection doctor looks at: the page gives it, because only the page has connections. */
export interface Doctor {
  readonly log: ConnectionLog;
  /** ws: or wss: address. */
  readonly signalingUrl: string;
  /** Loaded when somebody asks. */
  readonly loadChecks: () => Promise<
    Pick<typeof connectionChecks, 'checkSignaling' | 'checkIceServer' | 'checkLoopback'>
  >;
}

export const [getDoctor, setDoctor] = createContext<Doctor>();
