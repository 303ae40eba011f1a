/**
 * Resolves after what waits in the event loop has had its turn: messages of
 * peers and of the page. A timer would do it too, but no sooner than in 4 ms
 * once timers follow each other.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
