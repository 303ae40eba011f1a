/** Proof of work by plain trying: for targets that a few hashes meet, as regtest's. */
import { headerHash, type Header } from '../web/core/header.ts';
import { hashMeetsTarget, targetFromBits } from '../web/core/target.ts';

/** `header` with the first nonce, from its own on, that meets its bits. */
export function grind(header: Header): Header {
  return firstNonce(header, (meets) => meets);
}

/** `header` with the first nonce, from its own on, that does not meet its bits. */
export function grindInVain(header: Header): Header {
  return firstNonce(header, (meets) => !meets);
}

function firstNonce(header: Header, wanted: (meets: boolean) => boolean): Header {
  const target = targetFromBits(header.bits);
  if (target === undefined) throw new Error(`bits 0x${header.bits.toString(16)} are no target`);
  for (let nonce = header.nonce; ; nonce++) {
    const tried = { ...header, nonce };
    if (wanted(hashMeetsTarget(headerHash(tried), target))) return tried;
  }
}
