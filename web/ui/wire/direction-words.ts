import type { WireDirection } from '../../node/wire-record.ts';
import { m } from '../paraglide/messages.js';

export const DIRECTIONS: Record<WireDirection, () => string> = {
  received: m.wire_directions_received,
  sent: m.wire_directions_sent,
};
