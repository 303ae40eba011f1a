/**
 * Writes a long chain into slots of this browser, through the real store: what write-chain.ts runs inside a page of
 * the room's origin, bundled by itself. The test network's easy target makes a block in two hashes.
 */
import { transactionsRoot, type Block } from '../../../web/core/block.ts';
import { Chain } from '../../../web/core/chain.ts';
import { genesisBlock } from '../../../web/core/genesis.ts';
import { idToHash, NOBODY } from '../../../web/core/hash.ts';
import { VERSION_BASE } from '../../../web/core/header.ts';
import { REGTEST, subsidyAt } from '../../../web/core/params.ts';
import { TRANSACTION_VERSION, UNSIGNED, type Transaction } from '../../../web/core/transaction.ts';
import { deriveRoom, type Room } from '../../../web/net/room.ts';
import type { StoredBlock } from '../../../web/node/ports.ts';
import { createChainStore, type ChainStore } from '../../../web/store/chain-store.ts';
import { databaseName, openDatabase } from '../../../web/store/database.ts';
import { grind } from '../../grind.ts';
import { createAuthors, type Author } from './authors.ts';
import { entriesAt, producerAt, recipientOf, type Contents } from './contents.ts';

/** Given to the stores at once, which are then waited for. */
const COMMIT_BLOCKS = 500;

export interface ChainPlan {
  /** Of the room. */
  readonly secret: string;
  readonly height: number;
  readonly contents: Contents;
  /** The next so many tabs of this browser that open the room on the test network find the chain in their slots. */
  readonly slots: number;
}

export async function writeChain({ secret, height, contents, slots }: ChainPlan): Promise<void> {
  const room = deriveRoom(secret);
  const stores = await Promise.all(Array.from({ length: slots }, (_, slot) => emptyStore(room, slot)));
  const authors = await createAuthors();
  // The signatures were made a moment ago. Whoever gets the blocks from this chain verifies them.
  const chain = new Chain(REGTEST, genesisBlock(REGTEST, room.genesisSeed), () => true);
  // Blocks as far apart as a room's, and the newest is of now.
  const startSeconds = Math.floor(Date.now() / 1000) - height * REGTEST.spacingSeconds;
  let connected: StoredBlock[] = [];
  for (let at = 1; at <= height; at++) {
    const transactions = [coinbase(authors, at), ...(await transactionsAt(chain, authors, contents, at))];
    const block = blockOn(chain, transactions, startSeconds + at * REGTEST.spacingSeconds);
    const result = chain.addBlock(block, Infinity);
    if (result.kind !== 'accepted') throw new Error(`block ${at}: ${JSON.stringify(result)}`);
    const activation = chain.activate();
    if (activation.connected.length !== 1)
      throw new Error(`block ${at}: ${JSON.stringify(activation.rejected)}`);
    connected.push(...activation.connected.map(({ entry, ...rest }) => ({ id: entry.id, ...rest })));
    if (at % COMMIT_BLOCKS !== 0 && at !== height) continue;
    const forkHeight = at - connected.length;
    for (const store of stores)
      store.commit({ forkHeight, connected, ledger: () => chain.ledger.accounts() });
    for (const store of stores) await store.settled();
    connected = [];
  }
}

async function emptyStore(room: Room, slot: number): Promise<ChainStore> {
  const store = createChainStore({
    store: openDatabase(databaseName({ network: REGTEST.network, roomId: room.roomId, slot })),
    onForgetting: ({ reason, detail }) => {
      throw new Error(`the browser does not store the chain: ${detail ?? reason}`);
    },
    onSaved: () => undefined,
  });
  await store.load();
  return store;
}

function blockOn(chain: Chain, transactions: readonly Transaction[], time: number): Block {
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

function coinbase(authors: readonly Author[], height: number): Transaction {
  return {
    version: TRANSACTION_VERSION,
    sender: NOBODY,
    nonce: height,
    recipient: (authors[producerAt(height)] as Author).account,
    amount: subsidyAt(REGTEST, height),
    fee: 0,
    memo: '',
    signature: UNSIGNED,
  };
}

function transactionsAt(
  chain: Chain,
  authors: readonly Author[],
  contents: Contents,
  height: number,
): Promise<Transaction[]> {
  /** Of those who send several in this block. */
  const nonces = new Map<Author, number>();
  const signed = entriesAt(contents, height).map((entry) => {
    const author = authors[entry.sender] as Author;
    const nonce = nonces.get(author) ?? chain.ledger.get(author.account).nonce;
    nonces.set(author, nonce + 1);
    const recipient = recipientOf(entry, authors);
    return author.sign(chain.genesisHash, {
      nonce,
      recipient,
      amount: entry.amount,
      fee: 0,
      memo: entry.memo,
    });
  });
  return Promise.all(signed);
}
