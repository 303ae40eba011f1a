/**
 * Writes a long chain into a slot of this browser, through the real store: what write-chain.ts runs inside a page of
 * the room's origin, bundled by itself. The test network's easy target makes a block in two hashes.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { transactionsRoot, type Block } from '../../../web/core/block.ts';
import { Chain } from '../../../web/core/chain.ts';
import { genesisBlock } from '../../../web/core/genesis.ts';
import { idToHash, NOBODY } from '../../../web/core/hash.ts';
import { VERSION_BASE } from '../../../web/core/header.ts';
import { REGTEST, subsidyAt } from '../../../web/core/params.ts';
import {
  signTransaction,
  TRANSACTION_VERSION,
  UNSIGNED,
  type Transaction,
} from '../../../web/core/transaction.ts';
import { deriveRoom } from '../../../web/net/room.ts';
import type { StoredBlock } from '../../../web/node/ports.ts';
import { createChainStore } from '../../../web/store/chain-store.ts';
import { databaseName, openDatabase } from '../../../web/store/database.ts';
import { grind } from '../../grind.ts';
import { memosAt } from './memos.ts';

/** A class. */
const AUTHORS = 30;
/** Given to the store at once, which is then waited for. */
const COMMIT_BLOCKS = 500;

const authors = Array.from({ length: AUTHORS }, (_, n) => {
  const secretKey = new Uint8Array(32).fill(n + 1);
  return { secretKey, account: bytesToHex(ed25519.getPublicKey(secretKey)) };
});

/** The next tab of this browser that opens the room on the test network finds `height` blocks in its first slot. */
export async function writeChain(secret: string, height: number): Promise<void> {
  const room = deriveRoom(secret);
  const store = createChainStore({
    store: openDatabase(databaseName({ network: REGTEST.network, roomId: room.roomId, slot: 0 })),
    onForgetting: ({ reason, detail }) => {
      throw new Error(`the browser does not store the chain: ${detail ?? reason}`);
    },
    onSaved: () => undefined,
  });
  await store.load();
  // The signatures were made a moment ago. Whoever gets the blocks from this chain verifies them.
  const chain = new Chain(REGTEST, genesisBlock(REGTEST, room.genesisSeed), () => true);
  // Blocks as far apart as a room's, and the newest is of now.
  const startSeconds = Math.floor(Date.now() / 1000) - height * REGTEST.spacingSeconds;
  let connected: StoredBlock[] = [];
  for (let at = 1; at <= height; at++) {
    const result = chain.addBlock(nextBlock(chain, startSeconds + at * REGTEST.spacingSeconds), Infinity);
    if (result.kind !== 'accepted') throw new Error(`block ${at}: ${JSON.stringify(result)}`);
    connected.push(...chain.activate().connected.map(({ entry, ...rest }) => ({ id: entry.id, ...rest })));
    if (at % COMMIT_BLOCKS !== 0 && at !== height) continue;
    const forkHeight = at - connected.length;
    store.commit({ forkHeight, connected, ledger: () => chain.ledger.accounts() });
    await store.settled();
    connected = [];
  }
}

function nextBlock(chain: Chain, time: number): Block {
  const height = chain.tip.height + 1;
  const transactions = [
    coinbase(height),
    ...memosAt(height).map((memo, n) => message(chain, authorAt(height * 7 + n), memo)),
  ];
  const header = grind({
    version: VERSION_BASE,
    prevHash: idToHash(chain.tip.id),
    merkleRoot: transactionsRoot(transactions).root,
    time,
    bits: REGTEST.powLimitBits,
    nonce: 0,
  });
  return { header, transactions };
}

function authorAt(n: number): (typeof authors)[number] {
  return authors[n % authors.length] as (typeof authors)[number];
}

function coinbase(height: number): Transaction {
  return {
    version: TRANSACTION_VERSION,
    sender: NOBODY,
    nonce: height,
    recipient: authorAt(height).account,
    amount: subsidyAt(REGTEST, height),
    fee: 0,
    memo: '',
    signature: UNSIGNED,
  };
}

/** Of an author who writes one in this block. */
function message(chain: Chain, author: (typeof authors)[number], memo: string): Transaction {
  const { nonce } = chain.ledger.get(author.account);
  return signTransaction(chain.genesisHash, author.secretKey, {
    nonce,
    recipient: NOBODY,
    amount: 0,
    fee: 0,
    memo,
  });
}
