import type { Page } from '@playwright/test';

/**
 * Texts that are wider than their element, which cuts them or lets them run over what stands beside. What is hidden
 * from sight on purpose is left out, and what people wrote or named: that may be as long as they like.
 */
export function cutTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const WRITTEN = '.hidden, .memo, h1, code, select, input, textarea, [data-testid=wire-row] .summary';
    const cut: string[] = [];
    for (const element of document.querySelectorAll<HTMLElement>('body *')) {
      const hasText = [...element.childNodes].some(
        ({ nodeType, nodeValue }) => nodeType === Node.TEXT_NODE && nodeValue?.trim() !== '',
      );
      // Inline elements and what is not shown have no width of their own.
      if (!hasText || element.clientWidth === 0 || element.closest(WRITTEN) !== null) continue;
      if (getComputedStyle(element).clipPath !== 'none') continue;
      if (element.scrollWidth > element.clientWidth)
        cut.push(`${element.tagName.toLowerCase()}.${element.className}: ${element.innerText}`);
    }
    return cut;
  });
}
