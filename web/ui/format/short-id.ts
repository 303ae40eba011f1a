/** The two ends of a long hex id: enough to tell two apart by eye, never to compare them. */
export function shortId(id: string, ends = 6): string {
  return id.length <= 2 * ends + 1 ? id : `${id.slice(0, ends)}…${id.slice(-ends)}`;
}
