/**
 * Runs before web/engine/worker.ts: this node asks nobody for compact blocks and tells nobody that it wants them, so that
 * all blocks come to it whole.
 */
import { CompactChoice } from '../../../web/node/compact-choice.ts';
import { CompactRelay } from '../../../web/node/compact-relay.ts';

CompactChoice.prototype.addPeer = () => undefined;
CompactChoice.prototype.gaveTip = () => undefined;
CompactRelay.prototype.wants = () => false;
