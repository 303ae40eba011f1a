/** What the benchmark runs inside the pages: bundled by itself, without the application. */
export { sendAsJson, takeJson } from './json-chain.ts';
export { verifyNatively } from './native-verification.ts';
export { accept, answer, close, offer, receiveBytes, sendBytes } from './raw-channel.ts';
export { readRaw, storedHeight } from './stored-room.ts';
export { writeRaw } from '../store-writes/raw-writes.ts';
