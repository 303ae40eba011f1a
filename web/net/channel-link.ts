import type { ConnectionOrder } from '../engine/messages.ts';
import type { Link } from '../node/ports.ts';

/** Unsent bytes of one link: 32 blocks in flight of 64 KiB, twice over. A peer that takes no more is gone. */
export const MAX_UNSENT_BYTES = 4 * 1024 * 1024;

/** An open link, whose channel the page holds: sending is an order to the page, and so is closing. */
export interface ChannelLink extends Link {
  /** Why this node closed it; undefined while it didn't. */
  readonly closeReason: string | undefined;
  /** Takes the page's word for the bytes of all frames so far that left the channel's buffer. False if that's no news. */
  take(takenBytes: number): boolean;
}

export function createChannelLink(
  id: string,
  dialled: boolean,
  route: Link['route'],
  channel: Uint8Array,
  post: (order: ConnectionOrder, transfer?: ArrayBuffer[]) => void,
): ChannelLink {
  let sentBytes = 0;
  let takenBytes = 0;
  let closeReason: string | undefined;

  function close(reason: string): void {
    if (closeReason !== undefined) return;
    closeReason = reason;
    post({ type: 'connection-destroy', linkId: id, reason: 'closed' });
  }

  return {
    id,
    dialled,
    route,
    channel,
    get bufferedBytes() {
      return sentBytes - takenBytes;
    },
    get closeReason() {
      return closeReason;
    },
    send(frame) {
      if (closeReason !== undefined) return;
      sentBytes += frame.length;
      if (sentBytes - takenBytes > MAX_UNSENT_BYTES) {
        close('the peer takes nothing in');
        return;
      }
      // A copy, because the frame may be a part of a message that goes to other peers too.
      const copy = Uint8Array.from(frame);
      post({ type: 'connection-send', linkId: id, frame: copy }, [copy.buffer]);
    },
    close: () => close('closed by this node'),
    take(bytes) {
      if (bytes <= takenBytes) return false;
      takenBytes = bytes;
      return true;
    },
  };
}
