/**
 * What core costs on one core: `npm run bench -- core`. Numbers to compare
 * with each other and with earlier ones on the same machine, no pass or fail.
 */
import { createPrivateKey, sign as nativeSign, webcrypto } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type * as P from 'micro-packed';
import { blockCodec, transactionsRoot, type Block } from '../../web/core/block.ts';
import { headerBytes } from '../../web/core/block-index.ts';
import { Chain } from '../../web/core/chain.ts';
import { genesisBlock } from '../../web/core/genesis.ts';
import { NOBODY, sha256d, type AccountId } from '../../web/core/hash.ts';
import { HEADER_BYTES, headerCodec, headerHash, type Header } from '../../web/core/header.ts';
import { Mempool } from '../../web/core/mempool.ts';
import { merkleRoot } from '../../web/core/merkle.ts';
import { REGTEST, subsidyAt } from '../../web/core/params.ts';
import { shortId, shortIdKey } from '../../web/core/short-id.ts';
import { buildTemplate } from '../../web/core/template.ts';
import {
  signatureHash,
  transactionBytes,
  transactionCodec,
  transactionId,
  UNSIGNED,
  verifyZip215,
  type Transaction,
} from '../../web/core/transaction.ts';
import { grind } from '../grind.ts';

const TRANSFERS = 5;
const GENESIS = genesisBlock(REGTEST, new Uint8Array(32));
const GENESIS_HASH = headerHash(GENESIS.header);

/** Milliseconds that this process has computed: unlike the clock it does not count what others do meanwhile. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function print(what: string, perSecond: number, note = ''): void {
  const rate = Math.round(perSecond).toLocaleString('en').padStart(12);
  console.log(`${what.padEnd(52)}${rate} /s  ${note}`);
}

/** Calls a second of `call`, after a warm-up; each call gets another number. */
function rateOf(call: (i: number) => unknown): number {
  let calls = 0;
  const run = (ms: number): number => {
    const start = cpuMs();
    const from = calls;
    let elapsed = 0;
    while (elapsed < ms) {
      for (let i = 0; i < 16; i++) call(calls++);
      elapsed = cpuMs() - start;
    }
    return ((calls - from) / elapsed) * 1000;
  };
  run(200);
  return run(600);
}

interface Key {
  readonly id: AccountId;
  readonly secretKey: Uint8Array;
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** Signing is no part of what is measured, so it may be native. */
function key(n: number): Key {
  const secretKey = new Uint8Array(32).fill(1);
  new DataView(secretKey.buffer).setUint32(0, n);
  // RFC 8410: the fixed start of an Ed25519 private key in PKCS #8.
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), secretKey]);
  const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  return {
    id: bytesToHex(ed25519.getPublicKey(secretKey)),
    secretKey,
    sign: (message) => new Uint8Array(nativeSign(null, message, privateKey)),
  };
}

const KEYS = Array.from({ length: 50 }, (_, n) => key(n));

/** Makes blocks of `TRANSFERS` transfers, one on the other. */
class Maker {
  readonly #nonces = new Map<AccountId, number>();
  readonly #sign: boolean;
  #tip: Header = GENESIS.header;
  #height = 0;

  constructor(sign: boolean) {
    this.#sign = sign;
  }

  /** The next block's bytes, with its transfers or with its coinbase alone. */
  next(transferring = true): Uint8Array {
    const height = ++this.#height;
    const pays = KEYS[height % KEYS.length] as Key;
    // Until everybody has a reward, nobody can pay.
    const transfers =
      height <= KEYS.length || !transferring
        ? []
        : Array.from({ length: TRANSFERS }, (_, i) => this.#transfer(i));
    const transactions = [
      this.#transaction(NOBODY, height, pays.id, subsidyAt(REGTEST, height)),
      ...transfers,
    ];
    const header = grind({
      version: 0x20000000,
      prevHash: headerHash(this.#tip),
      merkleRoot: transactionsRoot(transactions).root,
      time: this.#tip.time + 15,
      bits: this.#tip.bits,
      nonce: 0,
    });
    this.#tip = header;
    return blockCodec.encode({ header, transactions });
  }

  #transfer(i: number): Transaction {
    const from = KEYS[(this.#height * TRANSFERS + i) % KEYS.length] as Key;
    const to = KEYS[(this.#height + i * 7) % KEYS.length] as Key;
    const nonce = this.#nonces.get(from.id) ?? 0;
    this.#nonces.set(from.id, nonce + 1);
    const unsigned = this.#transaction(from.id, nonce, to.id, 1);
    return this.#sign
      ? { ...unsigned, signature: from.sign(signatureHash(GENESIS_HASH, unsigned)) }
      : unsigned;
  }

  #transaction(sender: AccountId, nonce: number, recipient: AccountId, amount: number): Transaction {
    return { version: 1, sender, nonce, recipient, amount, fee: 0, memo: '', signature: UNSIGNED };
  }
}

function connect(chain: Chain, block: Block): void {
  const result = chain.addBlock(block, Infinity);
  if (result.kind !== 'accepted') throw new Error(JSON.stringify(result));
  const { rejected } = chain.activate();
  if (rejected.length > 0) throw new Error(rejected[0]?.code);
}

/** Milliseconds to decode and connect them all. */
function timeToConnect(chain: Chain, blocks: readonly Uint8Array[]): number {
  const start = cpuMs();
  for (const bytes of blocks) connect(chain, blockCodec.decode(bytes));
  return cpuMs() - start;
}

async function primitives(signedBlock: Uint8Array): Promise<number> {
  const block = blockCodec.decode(signedBlock);
  const header = headerCodec.encode(block.header);
  const transfer = block.transactions[1] as Transaction;
  const bytes = transactionBytes(transfer);
  const decode = <T>(codec: P.CoderType<T>, input: Uint8Array) => rateOf(() => codec.decode(input));
  print('decode a header', decode(headerCodec, header));
  print('decode a transaction', decode(transactionCodec, bytes));
  print(`decode a block of ${TRANSFERS} transfers`, decode(blockCodec, signedBlock));
  print(
    'encode a transaction',
    rateOf(() => transactionCodec.encode(transfer)),
  );
  print(
    'sha256d of a header',
    rateOf(() => sha256d(header)),
  );
  print(
    'sha256d of a transaction',
    rateOf(() => sha256d(bytes)),
  );
  const leaves = Array.from({ length: TRANSFERS + 1 }, (_, i) => sha256d(Uint8Array.of(i)));
  print(
    `merkle root of ${leaves.length}`,
    rateOf(() => merkleRoot(leaves)),
  );
  const sipKey = shortIdKey(header, new Uint8Array(8));
  const id = transactionId(transfer);
  print(
    'short id',
    rateOf(() => shortId(sipKey, id)),
  );

  const message = signatureHash(GENESIS_HASH, transfer);
  const sender = Uint8Array.from(Buffer.from(transfer.sender, 'hex'));
  const noble = rateOf(() => verifyZip215(transfer.signature, message, sender));
  print('verify a signature, noble', noble);
  print('verify a signature, native', await nativeVerifyRate(transfer.signature, message, sender));
  return noble;
}

async function nativeVerifyRate(
  signature: Uint8Array,
  message: Uint8Array,
  sender: Uint8Array,
): Promise<number> {
  const { subtle } = webcrypto;
  const start = cpuMs();
  let calls = 0;
  while (cpuMs() - start < 800) {
    const batch = Array.from({ length: 64 }, async () => {
      // The import too: each transaction may have another sender.
      const publicKey = await subtle.importKey('raw', sender, 'Ed25519', false, ['verify']);
      return subtle.verify('Ed25519', publicKey, signature, message);
    });
    calls += (await Promise.all(batch)).length;
  }
  return (calls / (cpuMs() - start)) * 1000;
}

/** Milliseconds of the fastest of three runs: the compiler warms up, and others fill the caches. */
function fastest(run: () => void): number {
  const times = [1, 2, 3].map(() => {
    const start = cpuMs();
    run();
    return cpuMs() - start;
  });
  return Math.min(...times);
}

/** How much of connecting is what no bookkeeping can avoid. */
function connecting(blocks: readonly Uint8Array[], noble: number): void {
  const decodeAll = (): Block[] => blocks.map((bytes) => blockCodec.decode(bytes));
  const all = fastest(() => timeToConnect(new Chain(REGTEST, GENESIS, () => true), blocks)) / blocks.length;
  const decoding = fastest(decodeAll) / blocks.length;
  // The hashes that connecting takes, and nothing else: ids, merkle tree, header, what is signed.
  const decoded = decodeAll();
  const inputs = decoded.map(({ header, transactions }) => ({
    header: headerCodec.encode(header),
    transactions: transactions.map((tx) => transactionBytes(tx)),
    transfers: transactions.slice(1),
  }));
  const hashing =
    fastest(() => {
      for (const { header, transactions, transfers } of inputs) {
        sha256d(header);
        merkleRoot(transactions.map((bytes) => sha256d(bytes)));
        for (const tx of transfers) signatureHash(GENESIS_HASH, tx);
      }
    }) / blocks.length;
  const encoding =
    fastest(() => {
      for (const { header, transactions } of decoded) {
        headerCodec.encode(header);
        for (const tx of transactions) transactionCodec.encode(tx);
      }
    }) / blocks.length;
  const signatures = (1000 / noble) * TRANSFERS;

  print(`connect blocks of ${TRANSFERS} transfers, signatures known good`, 1000 / all);
  print('the same, signatures verified by noble', 1000 / (all + signatures));
  const parts = { signatures, hashing, decoding, encoding, bookkeeping: all - hashing - decoding - encoding };
  const shares = (whole: number, names: readonly (keyof typeof parts)[]): string =>
    names.map((name) => `${name} ${Math.round((100 * parts[name]) / whole)}%`).join(', ');
  const cheap = ['hashing', 'decoding', 'encoding', 'bookkeeping'] as const;
  console.log(
    `  of ${(all + signatures).toFixed(2)} ms a block: ${shares(all + signatures, ['signatures', ...cheap])}`,
  );
  console.log(`  of ${all.toFixed(3)} ms without signatures: ${shares(all, cheap)}`);
}

function growth(): void {
  const WINDOW = 1000;
  const maker = new Maker(false);
  const chain = new Chain(REGTEST, GENESIS, () => true);
  for (const end of [1_000, 10_000, 100_000]) {
    while (chain.tip.height < end - WINDOW) connect(chain, blockCodec.decode(maker.next(false)));
    const blocks = Array.from({ length: WINDOW }, () => maker.next());
    print(`connect up to height ${end.toLocaleString('en')}`, (WINDOW / timeToConnect(chain, blocks)) * 1000);
  }
  const headers = new Uint8Array(chain.tip.height * HEADER_BYTES);
  for (let height = 1; height <= chain.tip.height; height++) {
    const entry = chain.activeAt(height);
    if (entry) headers.set(headerBytes(entry), (height - 1) * HEADER_BYTES);
  }
  const again = new Chain(REGTEST, GENESIS, () => true);
  const start = cpuMs();
  again.restore({ headers: [headers], accounts: chain.ledger.accounts() });
  print('restore headers, 100,000 of them', (chain.tip.height / (cpuMs() - start)) * 1000);
}

function mempool(): void {
  const chain = new Chain(REGTEST, GENESIS, () => true);
  const pool = new Mempool();
  const senders = Array.from({ length: 1000 }, (_, n) => n.toString(16).padStart(64, '0'));
  const transactions = senders.flatMap((sender) =>
    Array.from({ length: 5 }, (_, nonce): Transaction => ({
      version: 1,
      sender,
      nonce,
      recipient: NOBODY,
      amount: 0,
      fee: 0,
      memo: 'hello',
      signature: UNSIGNED,
    })),
  );
  const start = cpuMs();
  // The first sender's id is nobody's: a coinbase, refused.
  for (const tx of transactions) pool.add(tx, chain.ledger, 0, () => true);
  print('add to the mempool', (transactions.length / (cpuMs() - start)) * 1000);
  print(
    `template out of ${pool.size.toLocaleString('en')}`,
    rateOf(() => buildTemplate(chain, pool, NOBODY, 0)),
  );
}

console.log(`Node.js ${process.version}, one core\n`);
const maker = new Maker(true);
const blocks = Array.from({ length: 10_000 }, () => maker.next());
const noble = await primitives(blocks.at(-1) as Uint8Array);
connecting(blocks, noble);
growth();
mempool();
