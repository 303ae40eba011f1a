import { flushSync, mount, unmount } from 'svelte';
import { expect, test } from 'vitest';
import { News } from '../../../web/ui/news.svelte.ts';
import NewsHolder from './NewsHolder.svelte';

test('a toast that was there before the region comes in no more: it has only moved into a dialog, or out of it', () => {
  const news = new News();
  news.toast('before');
  const app = mount(NewsHolder, { target: document.body, props: { news } });
  news.toast('after');
  flushSync();
  const toasts = [...document.querySelectorAll('[data-testid="toast"]')];
  expect(toasts.map((toast) => [toast.textContent?.trim(), toast.classList.contains('coming')])).toEqual([
    ['before', false],
    ['after', true],
  ]);
  void unmount(app);
});
