/** For a control that stands in the place of the one that was used: the focus, which went with that one, is its own. */
export function takeLostFocus(element: HTMLElement): void {
  if (document.activeElement === null || document.activeElement === document.body) element.focus();
}
