/** What a room shows only when asked to, whichever view it is in: not in the first load, which stays small. */
export const loadNetworkView = () => import('./network/NetworkView.svelte');
export const loadShareDialog = () => import('./share/ShareDialog.svelte');
export const loadInvitedDialog = () => import('./share/InvitedDialog.svelte');
export const loadChainFile = () => import('./archive/ChainFile.svelte');
export const loadKeysDialog = () => import('./shell/KeysDialog.svelte');
export const loadDoctorDialog = () => import('./doctor/DoctorDialog.svelte');

/**
 * Once the page is at rest. All of these are wanted most when signaling is gone, and the page often comes from the same
 * server.
 */
export async function loadAll(): Promise<void> {
  // Who opens one of them that could not be loaded is told so.
  await Promise.allSettled([
    loadNetworkView(),
    loadShareDialog(),
    loadInvitedDialog(),
    loadChainFile(),
    loadKeysDialog(),
    loadDoctorDialog(),
  ]);
}
