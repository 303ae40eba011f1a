import { SvelteMap } from 'svelte/reactivity';
import type { IceCheck, LoopbackCheck, SignalCheck } from '../../net/connection-checks.ts';
import type { Doctor } from './doctor.ts';
import { serverKey, type IceUrlWithSecret } from './facts.ts';

/** The checks that a user starts, and what they have found so far. */
export class Checkup {
  state = $state<'idle' | 'running' | 'done' | 'not-loaded'>('idle');
  signal = $state.raw<SignalCheck>();
  loopback = $state.raw<LoopbackCheck>();
  /** By serverKey: each shows as soon as it is there. */
  readonly ice = new SvelteMap<string, IceCheck>();
  readonly #doctor: Doctor;

  constructor(doctor: Doctor) {
    this.#doctor = doctor;
  }

  async run(servers: readonly IceUrlWithSecret[]): Promise<void> {
    if (this.state === 'running') return;
    this.state = 'running';
    this.signal = undefined;
    this.loopback = undefined;
    this.ice.clear();
    try {
      const { checkSignaling, checkIceServer, checkLoopback } = await this.#doctor.loadChecks();
      await Promise.all([
        checkSignaling(this.#doctor.signalingUrl).then((result) => (this.signal = result)),
        checkLoopback().then((result) => (this.loopback = result)),
        ...servers.map(async (server) => {
          this.ice.set(serverKey(server), await checkIceServer(server));
        }),
      ]);
      this.state = 'done';
    } catch {
      this.state = 'not-loaded'; // a page that is offline, or older than the server's
    }
  }
}
