import { expect, test } from 'vitest';
import { News } from '../../../web/ui/news.svelte.ts';

test('the same text twice is a change each time, which a screen reader reads out', () => {
  const news = new News();
  const heard: string[] = [];
  for (const text of ['Copied', 'Copied', 'Copied', 'Saved']) {
    news.announce(text);
    heard.push(news.announcement);
  }
  expect(heard.map((text) => text.trim())).toEqual(['Copied', 'Copied', 'Copied', 'Saved']);
  heard.forEach((text, n) => expect(text).not.toBe(heard[n - 1]));
});

test('the news stand in the dialog on top, and in the page again when all are closed', () => {
  const news = new News();
  const [lower, upper] = [document.createElement('dialog'), document.createElement('dialog')];
  expect(news.place).toBeUndefined();
  const leaveLower = news.moveInto(lower);
  const leaveUpper = news.moveInto(upper);
  expect(news.place).toBe(upper);
  leaveUpper();
  expect(news.place).toBe(lower);
  leaveLower();
  expect(news.place).toBeUndefined();
});
