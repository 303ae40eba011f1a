import { createContext } from 'svelte';

export interface Toast {
  readonly id: number;
  readonly text: string;
}

/** Long enough to read two lines twice. */
const SHOWN_MS = 7_000;
const MAX_TOASTS = 3;

/** What the page has to say at once: as a toast, or only to a screen reader. One live region holds both. */
export class News {
  toasts = $state.raw<readonly Toast[]>([]);
  announcement = $state('');
  /** The modal dialog that the region stands in; undefined: it stands in the page itself. */
  place = $state.raw<HTMLDialogElement>();
  #nextId = 1;
  /** The announcement, for who makes the next one and is not to run again with each. */
  #announced = '';
  /** The top one last. */
  #dialogs: readonly HTMLDialogElement[] = [];

  toast(text: string): void {
    const id = this.#nextId++;
    this.toasts = [...this.toasts, { id, text }].slice(-MAX_TOASTS);
    setTimeout(() => this.dismiss(id), SHOWN_MS);
  }

  dismiss(id: number): void {
    this.toasts = this.toasts.filter((toast) => toast.id !== id);
  }

  announce(text: string): void {
    // The same text once more would be no change, and not be read out.
    this.#announced = text === this.#announced ? `${text}\u00a0` : text;
    this.announcement = this.#announced;
  }

  /**
   * While a modal dialog is open, all outside of it is inert: no screen reader hears it, and nothing there can be clicked.
   * Returns what leaves the dialog again.
   */
  moveInto(dialog: HTMLDialogElement): () => void {
    this.#dialogs = [...this.#dialogs, dialog];
    this.place = dialog;
    return () => {
      this.#dialogs = this.#dialogs.filter((other) => other !== dialog);
      this.place = this.#dialogs.at(-1);
    };
  }
}

export const [getNews, setNews] = createContext<News>();
