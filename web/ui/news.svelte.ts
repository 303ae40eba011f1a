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
  #nextId = 1;

  toast(text: string): void {
    const id = this.#nextId++;
    this.toasts = [...this.toasts, { id, text }].slice(-MAX_TOASTS);
    setTimeout(() => this.dismiss(id), SHOWN_MS);
  }

  dismiss(id: number): void {
    this.toasts = this.toasts.filter((toast) => toast.id !== id);
  }

  announce(text: string): void {
    this.announcement = text;
  }
}

export const [getNews, setNews] = createContext<News>();
