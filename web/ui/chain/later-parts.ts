/** What the page shows only when asked to: not in the first load, which stays small. */
export const loadDetailDrawer = () => import('./DetailDrawer.svelte');
export const loadTransferDialog = () => import('./TransferDialog.svelte');

/** Once the page is at rest: a server that goes away later takes nothing of it along. */
export async function loadAll(): Promise<void> {
  // Who opens one of them that could not be loaded is told so.
  await Promise.allSettled([loadDetailDrawer(), loadTransferDialog()]);
}
