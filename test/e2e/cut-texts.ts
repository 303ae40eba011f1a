import type { Page } from '@playwright/test';

/**
 * Texts that are wider than the element that hides what does not fit in it. What is hidden from sight on purpose is
 * left out, and what people wrote or named: that may be as long as they like.
 */
export function cutTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const WRITTEN = '.hidden, .memo, h1, code, select, [data-testid=wire-row] .summary';
    const cut: string[] = [];
    for (const element of document.querySelectorAll<HTMLElement>('body *')) {
      const text = element.innerText?.trim() ?? '';
      const { overflowX, clipPath } = getComputedStyle(element);
      if (text === '' || overflowX === 'visible' || clipPath !== 'none') continue;
      if (element.closest(WRITTEN) !== null || element.clientWidth === 0) continue;
      if (overflowX !== 'hidden' && overflowX !== 'clip') continue;
      if (element.scrollWidth > element.clientWidth)
        cut.push(`${element.tagName.toLowerCase()}.${element.className}: ${text}`);
    }
    return cut;
  });
}
