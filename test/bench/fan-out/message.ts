/** What is sent, and what came of it. */

/** ASCII. */
export type Message = string;

/** No two are the same. */
export function messagesOf(count: number, bytes: number): Message[] {
  return Array.from({ length: count }, (_, n) => `message ${n} `.padEnd(bytes, '.'));
}

/** `sentAtMs`: of each message; `seenAtMs`: by receiver, of each message in the same order. */
export function delaysOf(sentAtMs: readonly number[], seenAtMs: readonly (readonly number[])[]): number[] {
  return seenAtMs.flatMap((seen) => sentAtMs.map((atMs, n) => (seen[n] ?? NaN) - atMs));
}

/** So long that a message is everywhere before the next one is written. */
export function rest(receivers: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 300 + 20 * receivers));
}
