import { m } from '../paraglide/messages.js';
import type { ServiceName, ServiceState } from './services.ts';

const NAMES: Record<ServiceName, () => string> = {
  signal: m.chips_signal,
  stun: () => 'STUN',
  turn: () => 'TURN',
};

const STATES: Record<ServiceState, () => string> = {
  works: m.doctor_state_works,
  partly: m.doctor_state_partly,
  fails: m.doctor_state_fails,
  trying: m.doctor_state_trying,
  untried: m.doctor_state_untried,
  none: m.doctor_state_none,
};

export function serviceName(name: ServiceName): string {
  return NAMES[name]();
}

export function serviceState(state: ServiceState): string {
  return STATES[state]();
}
