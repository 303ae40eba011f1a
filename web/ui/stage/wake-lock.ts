/**
 * Keeps the screen from falling asleep while the page is shown. The browser gives the lock up whenever the page is
 * hidden, hence the asking again. `onchange` hears whether it holds; plain HTTP has no wake lock, and a device that
 * saves its battery refuses one. Returns what ends it.
 */
export function keepAwake(onchange: (isAwake: boolean) => void): () => void {
  let lock: WakeLockSentinel | undefined;
  let isOver = false;

  async function ask(): Promise<void> {
    if (document.visibilityState !== 'visible' || isOver) return;
    try {
      lock = await navigator.wakeLock.request('screen');
      onchange(true);
    } catch {
      onchange(false); // refused, or there is no such thing here: the user can be told, not helped
    }
  }

  void ask();
  document.addEventListener('visibilitychange', ask);
  return () => {
    isOver = true;
    document.removeEventListener('visibilitychange', ask);
    void lock?.release();
  };
}
