/** What a class writes: from a word to a long paragraph, some of it in Japanese, and seldom the word that is sought. */

/** In one of so many blocks; nowhere else. */
export const RARE_WORD = 'marmalade';
const RARE_EVERY = 1_000;
/** In one of three messages. */
export const COMMON_WORD = 'block';

const SENTENCES = [
  'Hello P2P',
  'Who mined this block, and who keeps it?',
  '教室のみんなへ：このブロックは全員のブラウザーにあります。',
  'ok',
  'A note that is long enough to need a second line in the list, as people who explain something write them.',
  'My block went back to pending and came again two heights later: is that what a reorg is?',
];

/** The messages of the block at `height`: none to three. */
export function memosAt(height: number): string[] {
  const memos = Array.from({ length: height % 4 }, (_, n) => {
    const sentence = SENTENCES[(height + 5 * n) % SENTENCES.length] ?? '';
    return height % 97 === 0 ? `${sentence} `.repeat(4).trim() : sentence;
  });
  return height % RARE_EVERY === 1 ? [...memos, `A jar of ${RARE_WORD} for whoever reads ${height}.`] : memos;
}
