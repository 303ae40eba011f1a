import { createContext } from 'svelte';
import type { Attachment } from 'svelte/attachments';

/** The block that something on the page points at, and that lights up wherever it is shown. */
export class LitBlock {
  height = $state<number>();

  /** Lights the block at `height` while the pointer is on an element, or the focus in it. */
  by(height: number | undefined): Attachment<HTMLElement> {
    return (element) => {
      // Later: an element that leaves the page while it has the focus loses it in the middle of an update.
      const light = (): void => queueMicrotask(() => (this.height = height));
      const dim = (): void =>
        queueMicrotask(() => {
          if (this.height === height) this.height = undefined;
        });
      const listeners = { pointerenter: light, focusin: light, pointerleave: dim, focusout: dim };
      for (const [type, listener] of Object.entries(listeners)) element.addEventListener(type, listener);
      return () => {
        for (const [type, listener] of Object.entries(listeners)) element.removeEventListener(type, listener);
        dim();
      };
    };
  }
}

export const [getLitBlock, setLitBlock] = createContext<LitBlock>();
