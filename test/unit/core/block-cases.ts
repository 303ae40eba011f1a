/**
 * Cases of whole blocks, in the manner of btcd's fullblocktests: each scene
 * grows a chain of its own from genesis, block by block as bytes from a peer,
 * and says of each what must come of it and which block is the tip then.
 *
 * The numbers below are copied from PROTOCOL.md, not imported: a changed
 * constant has to fail here.
 */
import { blockCodec, transactionsRoot, type Block } from '../../../web/core/block.ts';
import { NOBODY } from '../../../web/core/hash.ts';
import { headerCodec, headerHash, type Header } from '../../../web/core/header.ts';
import { nextBaseBits, relievedBits } from '../../../web/core/difficulty.ts';
import { REGTEST, type Params } from '../../../web/core/params.ts';
import type { RuleCode } from '../../../web/core/rules.ts';
import type { Transaction, TransactionDraft } from '../../../web/core/transaction.ts';
import { grind, grindInVain } from '../../grind.ts';
import { coinbase, GENESIS, signed, someAccount, unchecked, wallet, type Wallet } from './build.ts';

const SUBSIDY = 50;
const MEDIAN_SPAN = 11;
const MAX_FUTURE_SECONDS = 90;
const MAX_BLOCK_BYTES = 65_536;
const MAX_BLOCK_TRANSACTIONS = 425;
const MAX_MEMO_BYTES = 512;
const MAX_U64 = 2 ** 53 - 1;
const VERSION = 0x20000000;
const EASIEST_BITS = 0x207fffff;

export type Outcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'rejected'; readonly code: RuleCode; readonly blamed: string }
  /** Its time is too far ahead: to be tried again. */
  | { readonly kind: 'held' }
  /** Its parent is unknown. */
  | { readonly kind: 'orphan' }
  | { readonly kind: 'known' }
  /** The bytes are no block. */
  | { readonly kind: 'malformed' };

export interface Step {
  /** The block's name; what it is about. */
  readonly name: string;
  readonly what: 'block' | 'header';
  readonly bytes: Uint8Array;
  readonly nowSeconds: number;
  readonly outcome: Outcome;
  /** The name of the tip afterwards. */
  readonly tip: string;
}

export interface Scene {
  readonly title: string;
  readonly params: Params;
  /** Signatures are not checked: for scenes of hundreds of transactions. */
  readonly trusting: boolean;
  readonly genesis: Block;
  readonly steps: readonly Step[];
}

interface Plan {
  readonly on?: string;
  /** The transactions after the coinbase. */
  readonly txs?: readonly Transaction[];
  readonly coinbase?: Partial<Transaction>;
  /** The whole list instead. */
  readonly list?: readonly Transaction[];
  readonly header?: Partial<Header>;
  /** Leave the hash above the target. */
  readonly inVain?: boolean;
  /** Do not look for a nonce: the bits are no target. */
  readonly unground?: boolean;
}

interface Made {
  readonly block: Block;
  readonly height: number;
}

const START = GENESIS.header.time;
/** A day on: later than every block that does not say otherwise. */
const NOW = START + 86_400;

class SceneBuilder {
  readonly #made = new Map<string, Made>([['genesis', { block: GENESIS, height: 0 }]]);
  readonly #steps: Step[] = [];
  readonly title: string;
  readonly params: Params;
  readonly trusting: boolean;
  tip = 'genesis';
  now = NOW;

  constructor(title: string, params: Params = REGTEST, trusting = false) {
    this.title = title;
    this.params = params;
    this.trusting = trusting;
  }

  scene(): Scene {
    const { title, params, trusting } = this;
    return { title, params, trusting, genesis: GENESIS, steps: this.#steps };
  }

  get(name: string): Made {
    const made = this.#made.get(name);
    if (!made) throw new Error(`${this.title}: no block ${name}`);
    return made;
  }

  header(name = this.tip): Header {
    return this.get(name).block.header;
  }

  /** A block that nobody has seen yet. */
  make(name: string, plan: Plan = {}): Block {
    const parent = this.get(plan.on ?? this.tip);
    const height = parent.height + 1;
    const txs = plan.txs ?? [];
    const fees = txs.reduce((sum, tx) => sum + tx.fee, 0);
    const transactions = plan.list ?? [
      coinbase(height, { amount: SUBSIDY + fees, ...plan.coinbase }),
      ...txs,
    ];
    const unground: Header = {
      version: VERSION,
      prevHash: headerHash(parent.block.header),
      merkleRoot: transactionsRoot(transactions).root,
      time: parent.block.header.time + 15,
      bits: parent.block.header.bits,
      nonce: 0,
      ...plan.header,
    };
    const header = plan.unground ? unground : plan.inVain ? grindInVain(unground) : grind(unground);
    const block = { header, transactions };
    this.#made.set(name, { block, height });
    return block;
  }

  send(name: string, outcome: Outcome, bytes = blockCodec.encode(this.get(name).block)): void {
    this.#steps.push({ name, what: 'block', bytes, nowSeconds: this.now, outcome, tip: this.tip });
  }

  /** The header alone, as headers-first sync gets it: it never moves the tip. */
  sendHeader(name: string, outcome: Outcome = { kind: 'accepted' }): void {
    const bytes = headerCodec.encode(this.header(name));
    this.#steps.push({ name, what: 'header', bytes, nowSeconds: this.now, outcome, tip: this.tip });
  }

  /** Accepted, and the tip then. */
  accepted(name: string, plan?: Plan, tip = name): void {
    if (plan || !this.#made.has(name)) this.make(name, plan);
    this.tip = tip;
    this.send(name, { kind: 'accepted' });
  }

  /** Accepted on a branch with no more work than the tip's. */
  aside(name: string, plan?: Plan): void {
    this.accepted(name, plan, this.tip);
  }

  rejected(code: RuleCode, name: string, plan: Plan = {}): void {
    this.make(name, plan);
    this.send(name, { kind: 'rejected', code, blamed: name });
  }

  malformed(name: string, bytes: Uint8Array): void {
    this.send(name, { kind: 'malformed' }, bytes);
  }

  /** `count` blocks `prefix`1, `prefix`2, ... on the tip or on `on`. */
  grow(prefix: string, count: number, on = this.tip, plan: (i: number) => Plan = () => ({})): void {
    for (let i = 1; i <= count; i++) {
      this.accepted(`${prefix}${i}`, { on: i === 1 ? on : `${prefix}${i - 1}`, ...plan(i) });
    }
  }
}

const [ALICE, BOB, CAROL] = [1, 2, 3].map(wallet) as [Wallet, Wallet, Wallet];

const signatures = new Map<string, Transaction>();

/** Signing is slow, and many scenes send the same. */
function from(sender: Wallet, draft: Partial<TransactionDraft>): Transaction {
  const key = sender.id + JSON.stringify(draft);
  let tx = signatures.get(key);
  if (!tx) {
    tx = signed(sender, draft);
    signatures.set(key, tx);
  }
  return tx;
}

const pay = (sender: Wallet, nonce: number, to: Wallet, amount: number, fee = 0): Transaction =>
  from(sender, { nonce, recipient: to.id, amount, fee });
const say = (sender: Wallet, nonce: number, memo: string): Transaction => from(sender, { nonce, memo });

/** Alice has 100 credits, Bob 50, and the chain is long enough for a full median. */
function funded(title: string): SceneBuilder {
  const scene = new SceneBuilder(title);
  scene.accepted('alice1', { coinbase: { recipient: ALICE.id } });
  scene.accepted('alice2', { coinbase: { recipient: ALICE.id } });
  scene.accepted('bob1', { coinbase: { recipient: BOB.id } });
  scene.grow('base', MEDIAN_SPAN);
  return scene;
}

function versions(): Scene {
  const scene = new SceneBuilder('version bits');
  scene.accepted('none of the free bits');
  scene.accepted('all of them', { header: { version: 0x3fffe000 } });
  scene.accepted('the lowest of them', { header: { version: 0x20002000 } });
  scene.accepted('the highest of them', { header: { version: 0x30000000 } });
  scene.rejected('bad-version', 'the bit below them', { header: { version: 0x20001000 } });
  scene.rejected('bad-version', 'the lowest bit', { header: { version: 0x20000001 } });
  scene.rejected('bad-version', 'the bit above the base', { header: { version: 0x60000000 } });
  scene.rejected('bad-version', 'no base', { header: { version: 1 } });
  scene.rejected('bad-version', 'negative', { header: { version: -1 } });
  return scene.scene();
}

function work(): Scene {
  const scene = new SceneBuilder('proof of work');
  scene.accepted('a hash below the target');
  scene.rejected('insufficient-work', 'a hash above it', { inVain: true });
  scene.rejected('bad-bits', 'a harder target', { header: { bits: EASIEST_BITS - 1 } });
  scene.rejected('bad-bits', 'the same target in another form', { header: { bits: 0x21007fff } });
  scene.rejected('bad-bits', 'no target', { header: { bits: 0 }, unground: true });
  scene.rejected('bad-bits', 'a negative target', { header: { bits: 0x20ffffff }, unground: true });
  scene.rejected('bad-bits', 'a target beyond 256 bits', { header: { bits: 0x22010000 }, unground: true });
  return scene.scene();
}

/** A network of two hashes a block whose difficulty moves by the room's rule. */
function difficulty(): Scene {
  const params: Params = { ...REGTEST, retarget: true };
  const scene = new SceneBuilder('difficulty', params);
  let base = EASIEST_BITS;
  let solveSeconds: number | undefined;
  const on = (seconds: number, change = 0): Plan => ({
    header: {
      time: scene.header().time + seconds,
      bits: relievedBits(params, nextBaseBits(params, base, solveSeconds), seconds) + change,
    },
  });
  const mine = (name: string, seconds: number): void => {
    const plan = on(seconds);
    base = nextBaseBits(params, base, solveSeconds);
    scene.accepted(name, plan);
    // Genesis has no solve time of its own; its child's counts.
    solveSeconds = seconds;
  };
  mine('the first has the easiest target', 1);
  for (let i = 2; i <= 12; i++) mine(`${i} within a second`, 1);
  scene.rejected('bad-bits', 'one step harder', on(1, -1));
  scene.rejected('bad-bits', 'one step easier', on(1, 1));
  scene.rejected('bad-bits', "its parent's bits", { header: { time: scene.header().time + 1 } });
  const unrelieved = nextBaseBits(params, base, solveSeconds);
  const { time } = scene.header();
  scene.rejected('bad-bits', 'relief after 119 s', {
    header: { time: time + 119, bits: relievedBits(params, unrelieved, 120) },
  });
  scene.rejected('bad-bits', 'no relief after 120 s', { header: { time: time + 120, bits: unrelieved } });
  mine('relief after 120 s', 120);
  mine('which its child does not inherit', 1);
  mine('a time before its parent', -3);
  mine('and back', 20);
  return scene.scene();
}

function times(): Scene {
  const scene = new SceneBuilder('time');
  // While the chain is short, the median is of what there is: here of genesis alone.
  scene.rejected('time-too-old', 'the time of genesis', { header: { time: START } });
  scene.accepted('a second later', { header: { time: START + 1 } });
  scene.grow('b', MEDIAN_SPAN - 1, scene.tip, (i) => ({ header: { time: START + 10 * i + 1 } }));
  // Genesis has left the eleven: their times are START + 1, 11, 21 ... 101.
  const median = START + 51;
  scene.rejected('time-too-old', 'the median', { header: { time: median } });
  scene.rejected('time-too-old', 'zero', { header: { time: 0 } });
  scene.accepted('one above the median, though 49 s before its parent', { header: { time: median + 1 } });
  scene.now = scene.header('b10').time;
  scene.accepted('90 s ahead', { header: { time: scene.now + MAX_FUTURE_SECONDS } });
  const early = '91 s ahead';
  scene.make(early, { header: { time: scene.now + MAX_FUTURE_SECONDS + 1 } });
  scene.send(early, { kind: 'held' });
  scene.send(early, { kind: 'held' });
  scene.make('on what is held', { on: early });
  scene.send('on what is held', { kind: 'orphan' });
  scene.now += 1;
  scene.accepted(early);
  scene.make('in 2106', { header: { time: 0xffffffff } });
  scene.send('in 2106', { kind: 'held' });
  return scene.scene();
}

function orphans(): Scene {
  const scene = new SceneBuilder('parents');
  const wire = (name: string): void => scene.send(name, { kind: 'orphan' });
  scene.accepted('a1');
  scene.make('a2');
  scene.make('a3', { on: 'a2' });
  wire('a3');
  scene.accepted('a2');
  scene.accepted('a3');
  scene.send('a3', { kind: 'known' });
  scene.send('a1', { kind: 'known' });
  scene.send('genesis', { kind: 'known' });
  scene.make('of another room', { header: { prevHash: new Uint8Array(32).fill(7) } });
  wire('of another room');
  scene.make('beside genesis', { header: { prevHash: new Uint8Array(32) } });
  wire('beside genesis');
  return scene.scene();
}

function headersFirst(): Scene {
  const scene = new SceneBuilder('headers first, bodies in any order');
  for (let i = 1; i <= 6; i++) {
    scene.make(`a${i}`, { on: i === 1 ? 'genesis' : `a${i - 1}` });
    scene.sendHeader(`a${i}`);
  }
  for (const name of ['a6', 'a2', 'a4', 'a3']) scene.aside(name);
  scene.sendHeader('a3', { kind: 'known' });
  scene.send('a4', { kind: 'known' });
  scene.accepted('a1', undefined, 'a4');
  scene.accepted('a5', undefined, 'a6');
  return scene.scene();
}

function merkle(): Scene {
  const scene = funded('merkle root');
  const [one, two] = [say(ALICE, 0, 'one'), say(BOB, 0, 'two')] as const;
  const pairs = (name: string, txs: readonly Transaction[]): Uint8Array =>
    blockCodec.encode({ header: scene.header(name), transactions: txs });
  const refuse = (code: RuleCode, name: string, txs: readonly Transaction[]): void =>
    scene.send(name, { kind: 'rejected', code, blamed: name }, pairs(name, txs));

  scene.make('three', { txs: [one, two] });
  const [reward] = scene.get('three').block.transactions as [Transaction];
  refuse('bad-merkle-root', 'three', [reward, two, one]);
  refuse('bad-merkle-root', 'three', [reward, one]);
  refuse('bad-merkle-root', 'three', []);
  refuse('bad-merkle-root', 'three', [reward, one, { ...two, signature: new Uint8Array(64) }]);
  refuse('mutated', 'three', [reward, one, two, two]);
  // None of these marked the hash: the honest body is still welcome.
  scene.accepted('three');

  const more = ['a', 'b', 'c', 'd', 'e'].map((memo, i) => say(ALICE, i + 1, memo));
  scene.make('six', { txs: more });
  const six = scene.get('six').block.transactions;
  refuse('mutated', 'six', [...six, ...six.slice(4)]);
  scene.accepted('six');
  scene.rejected('bad-merkle-root', 'a root of nothing', { header: { merkleRoot: new Uint8Array(32) } });
  return scene.scene();
}

function coinbases(): Scene {
  const scene = funded('coinbase');
  const height = scene.get(scene.tip).height + 1;
  const tip = coinbase(height);
  const fee = pay(ALICE, 0, BOB, 10, 3);
  scene.rejected('no-coinbase', 'no transaction', { list: [] });
  scene.rejected('no-coinbase', 'only a message', { list: [say(ALICE, 0, 'hi')] });
  scene.rejected('no-coinbase', 'a message first', { list: [say(ALICE, 0, 'hi'), tip] });
  scene.rejected('extra-coinbase', 'two of them', { list: [tip, { ...tip, memo: 'again' }] });
  scene.rejected('extra-coinbase', 'a second at the end', {
    list: [tip, say(ALICE, 0, 'hi'), coinbase(height + 1)],
  });
  scene.rejected('bad-coinbase-height', 'one too low', { coinbase: { nonce: height - 1 } });
  scene.rejected('bad-coinbase-height', 'one too high', { coinbase: { nonce: height + 1 } });
  scene.rejected('bad-coinbase-form', 'with a fee', { coinbase: { fee: 1 } });
  scene.rejected('bad-coinbase-form', 'signed', { coinbase: { signature: new Uint8Array(64).fill(1) } });
  scene.rejected('bad-transaction-version', 'version 2', { coinbase: { version: 2 } });
  scene.rejected('amount-to-nobody', 'to nobody', { coinbase: { recipient: NOBODY } });
  scene.rejected('bad-coinbase-amount', 'one too many', { coinbase: { amount: 51 } });
  scene.rejected('bad-coinbase-amount', 'one too few', { coinbase: { amount: 49 } });
  scene.rejected('bad-coinbase-amount', 'nothing', { coinbase: { amount: 0 } });
  scene.rejected('bad-coinbase-amount', 'the largest', { coinbase: { amount: MAX_U64 } });
  scene.rejected('bad-coinbase-amount', 'without the fees', { txs: [fee], coinbase: { amount: 50 } });
  scene.rejected('bad-coinbase-amount', 'a fee too many', { txs: [fee], coinbase: { amount: 54 } });
  scene.accepted('subsidy and fees', { txs: [fee], coinbase: { amount: 53 } });
  scene.accepted('with the longest memo', { coinbase: { memo: 'x'.repeat(MAX_MEMO_BYTES) } });
  return scene.scene();
}

function halving(): Scene {
  const scene = new SceneBuilder('halving, here every 4 blocks', { ...REGTEST, halvingBlocks: 4 });
  scene.grow('a', 3);
  scene.rejected('bad-coinbase-amount', 'the old subsidy at 4', { coinbase: { amount: 50 } });
  scene.grow('b', 4, scene.tip, () => ({ coinbase: { amount: 25 } }));
  scene.rejected('bad-coinbase-amount', '12.5 rounded up at 8', { coinbase: { amount: 13 } });
  scene.grow('c', 4, scene.tip, () => ({ coinbase: { amount: 12 } }));
  scene.grow('d', 4, scene.tip, () => ({ coinbase: { amount: 6 } }));
  scene.grow('e', 4, scene.tip, () => ({ coinbase: { amount: 3 } }));
  scene.grow('f', 4, scene.tip, () => ({ coinbase: { amount: 1 } }));
  scene.rejected('bad-coinbase-amount', 'a subsidy after the last', { coinbase: { amount: 1 } });
  scene.accepted('none any more', { coinbase: { amount: 0, recipient: NOBODY } });
  return scene.scene();
}

function transactions(): Scene {
  const scene = funded('transactions');
  const hello = say(ALICE, 0, 'Hello P2P');
  scene.rejected('bad-transaction-version', 'version 0', { txs: [{ ...hello, version: 0 }] });
  scene.rejected('bad-transaction-version', 'version 2', { txs: [{ ...hello, version: 2 }] });
  scene.rejected('amount-to-nobody', 'an amount to nobody', { txs: [from(ALICE, { amount: 1 })] });
  scene.rejected('bad-signature', 'no signature', { txs: [{ ...hello, signature: new Uint8Array(64) }] });
  const flipped = hello.signature.map((byte, i) => (i === 0 ? byte ^ 1 : byte));
  scene.rejected('bad-signature', 'a flipped bit in it', { txs: [{ ...hello, signature: flipped }] });
  scene.rejected('bad-signature', 'another memo under it', { txs: [{ ...hello, memo: 'Hello P2p' }] });
  scene.rejected('bad-signature', "another's account", { txs: [{ ...hello, sender: BOB.id }] });
  scene.rejected('bad-signature', 'signed for another room', {
    txs: [signed(ALICE, { memo: 'Hello P2P' }, new Uint8Array(32).fill(1))],
  });
  scene.rejected('bad-signature', 'one bad of two', {
    txs: [hello, { ...say(BOB, 0, 'two'), signature: hello.signature }],
  });
  scene.accepted('a message', { txs: [hello] });
  scene.rejected('nonce-used', 'the same message again', { txs: [hello] });
  scene.accepted('the longest memo', { txs: [say(ALICE, 1, 'x'.repeat(MAX_MEMO_BYTES))] });
  scene.accepted('from somebody who owns nothing', { txs: [say(CAROL, 0, 'I am new')] });
  return scene.scene();
}

function nonces(): Scene {
  const scene = funded('nonces');
  const [zero, one, two] = [0, 1, 2].map((nonce) => say(ALICE, nonce, `${nonce}`)) as [
    Transaction,
    Transaction,
    Transaction,
  ];
  scene.rejected('nonce-gap', '1 before 0', { txs: [one] });
  scene.rejected('nonce-gap', '1, 0 in one block', { txs: [one, zero] });
  scene.rejected('nonce-gap', '0, 2 in one block', { txs: [zero, two] });
  scene.rejected('nonce-gap', 'the largest', { txs: [say(ALICE, MAX_U64, 'far')] });
  scene.rejected('repeated-nonce', '0 twice in one block', { txs: [zero, say(ALICE, 0, 'other')] });
  // Not side by side where the tree pairs them, so no mutation either.
  scene.rejected('repeated-nonce', 'the same one twice', { txs: [zero, zero] });
  scene.accepted('0, 1, 2 in one block, with others between', {
    txs: [zero, say(BOB, 0, 'b'), one, say(CAROL, 0, 'c'), two],
  });
  scene.rejected('nonce-used', '2 again', { txs: [say(ALICE, 2, 'again')] });
  scene.accepted('3', { txs: [say(ALICE, 3, '3')] });
  return scene.scene();
}

function balances(): Scene {
  const scene = funded('balances');
  const over = (name: string, ...txs: Transaction[]): void => scene.rejected('overdraft', name, { txs });
  over('101 of 100', pay(ALICE, 0, BOB, 101));
  over('100 and a fee', pay(ALICE, 0, BOB, 100, 1));
  over('a fee of 101', pay(ALICE, 0, BOB, 0, 101));
  // The fees would make the coinbase's amount more than its field can hold.
  scene.rejected('overdraft', 'the largest fee', {
    txs: [from(ALICE, { recipient: BOB.id, amount: 0, fee: MAX_U64 })],
    coinbase: { amount: SUBSIDY },
  });
  scene.rejected('overdraft', 'the largest amount and fee', {
    txs: [from(ALICE, { recipient: BOB.id, amount: MAX_U64, fee: MAX_U64 })],
    coinbase: { amount: SUBSIDY },
  });
  over('60 and 60', pay(ALICE, 0, BOB, 60), pay(ALICE, 1, BOB, 60));
  over('to herself, more than she has', pay(ALICE, 0, ALICE, 101));
  over('from somebody unknown', pay(CAROL, 0, ALICE, 1));
  over('before it is received', pay(CAROL, 0, BOB, 10), pay(ALICE, 0, CAROL, 10));
  scene.rejected('overdraft', "the block's own coinbase", {
    txs: [pay(CAROL, 0, BOB, 1)],
    coinbase: { recipient: CAROL.id },
  });
  scene.accepted('passed on within the block', {
    txs: [pay(ALICE, 0, CAROL, 10), pay(CAROL, 0, BOB, 9, 1), pay(ALICE, 1, ALICE, 90)],
  });
  scene.accepted('all that is left', { txs: [pay(ALICE, 2, BOB, 80, 10)] });
  over('one credit of nothing', pay(ALICE, 3, BOB, 1));
  scene.accepted('a message of nothing', {
    txs: [say(ALICE, 3, 'broke')],
    coinbase: { recipient: CAROL.id },
  });
  scene.accepted("the parent's coinbase", { txs: [pay(CAROL, 1, ALICE, 50)] });
  return scene.scene();
}

function sizes(): Scene {
  const scene = new SceneBuilder('size', REGTEST, true);
  /** The transactions of a block of exactly so many bytes: the fewest, of even length. */
  const ofBytes = (bytes: number): readonly Transaction[] => {
    const left = bytes - 80 - 1 - 154;
    const count = Math.ceil(left / 668);
    return Array.from({ length: count }, (_, i) => {
      const size = Math.floor((left * (i + 1)) / count) - Math.floor((left * i) / count);
      return unchecked(someAccount(i), { memo: 'x'.repeat(size - 156) });
    });
  };
  scene.rejected('block-too-large', '65,537 bytes', { txs: ofBytes(MAX_BLOCK_BYTES + 1) });
  scene.accepted('65,536 bytes', { txs: ofBytes(MAX_BLOCK_BYTES) });
  const small = (count: number): Transaction[] =>
    Array.from({ length: count }, (_, i) => unchecked(someAccount(1000 + i)));
  scene.accepted('425 transactions', { txs: small(MAX_BLOCK_TRANSACTIONS - 1) });
  const full = scene.get('425 transactions').block;
  const bytes = blockCodec.encode(full);
  const oneMore = new Uint8Array(bytes.length + 154);
  oneMore.set(bytes);
  oneMore.set(bytes.subarray(bytes.length - 154), bytes.length);
  // The count follows the header: fd a9 01 is 425.
  oneMore[81] = 0xaa;
  scene.make('426 transactions');
  scene.malformed('426 transactions', oneMore);
  return scene.scene();
}

function bytes(): Scene {
  const scene = new SceneBuilder('bytes');
  scene.make('a', { coinbase: { memo: 'abc' } });
  const good = blockCodec.encode(scene.get('a').block);
  const patched = (at: number, ...values: number[]): Uint8Array => {
    const copy = good.slice();
    copy.set(values, at);
    return copy;
  };
  // Offsets: header 80, count 1, then version 1, sender 32, nonce 8, recipient 32, amount 8, fee 8, memo.
  const [nonce, amount, fee, memo] = [114, 154, 162, 170] as const;
  scene.malformed('a', new Uint8Array());
  scene.malformed('a', good.subarray(0, 79));
  scene.malformed('a', good.subarray(0, good.length - 1));
  scene.malformed('a', new Uint8Array([...good, 0]));
  scene.malformed('a', patched(80, 2));
  scene.malformed('a', new Uint8Array([...good.subarray(0, 80), 0xfd, 1, 0, ...good.subarray(81)]));
  for (const at of [nonce, amount, fee]) scene.malformed('a', patched(at, 0, 0, 0, 0, 0, 0, 0x20, 0));
  scene.malformed('a', patched(memo, 3, 0xc0, 0xaf));
  scene.malformed('a', patched(memo, 3, 0xed, 0xa0, 0x80));
  scene.malformed('a', patched(memo, 0xff));
  scene.accepted('a');
  return scene.scene();
}

function ties(): Scene {
  const scene = new SceneBuilder('equal work: the first seen stays');
  scene.accepted('a1');
  scene.aside('b1', { on: 'genesis', header: { time: START + 16 } });
  scene.aside('c1', { on: 'genesis', header: { time: START + 17 } });
  scene.accepted('b2', { on: 'b1' });
  scene.aside('a2', { on: 'a1' });
  scene.aside('c2', { on: 'c1' });
  scene.accepted('c3', { on: 'c2' });
  scene.aside('a3', { on: 'a2' });
  scene.aside('b3', { on: 'b2' });
  scene.accepted('a4', { on: 'a3' });
  return scene.scene();
}

/**
 * The tip of a branch of `depth` blocks gives way to one block more: transfers
 * and messages of both, the same ones in other blocks and in conflict.
 */
function reorg(depth: number): Scene {
  const scene = funded(`a reorg of ${depth}`);
  const fork = scene.tip;
  scene.grow('a', depth, fork, (i) => ({
    coinbase: { recipient: BOB.id },
    txs: [pay(ALICE, i - 1, CAROL, 1), say(CAROL, i - 1, `a${i}`)],
  }));
  const branch = (i: number): Plan => ({
    on: i === 1 ? fork : `b${i - 1}`,
    coinbase: { recipient: ALICE.id },
    // The same transfers, one block later; Carol says something else.
    txs: i === 1 ? [] : [pay(ALICE, i - 2, CAROL, 1), say(CAROL, i - 2, `b${i}`)],
  });
  for (let i = 1; i <= depth; i++) scene.aside(`b${i}`, branch(i));
  scene.accepted(`b${depth + 1}`, branch(depth + 1));
  scene.rejected('nonce-used', 'a transfer again', { txs: [pay(ALICE, 0, CAROL, 1)] });
  scene.rejected('nonce-used', 'a message of the lost branch', { txs: [say(CAROL, 0, 'a1')] });
  // And back: the ledger of the first branch is the same again.
  scene.aside(`a${depth + 1}`, { on: `a${depth}` });
  scene.accepted(`a${depth + 2}`, { on: `a${depth + 1}`, txs: [pay(ALICE, depth, BOB, 100 - depth)] });
  return scene.scene();
}

/** A branch of five beats a branch of three, but its `bad`th block overdraws. */
function badInside(bad: number): Scene {
  const scene = funded(`block ${bad} of a heavier branch overdraws`);
  const fork = scene.tip;
  scene.grow('a', 3, fork, (i) => ({ txs: [pay(ALICE, i - 1, BOB, 1)] }));
  for (let i = 1; i <= 5; i++) {
    const txs = i === bad ? [pay(BOB, 0, ALICE, 51)] : [];
    scene.make(`b${i}`, { on: i === 1 ? fork : `b${i - 1}`, txs });
  }
  const blamed: Outcome = { kind: 'rejected', code: 'overdraft', blamed: `b${bad}` };
  const gone: Outcome = { kind: 'rejected', code: 'invalid-chain', blamed: '' };
  for (let i = 1; i <= 3; i++) scene.aside(`b${i}`);
  if (bad === 5) {
    scene.accepted('b4');
    scene.send('b5', blamed);
  } else {
    scene.send('b4', blamed);
    scene.send('b5', { ...gone, blamed: 'b5' });
  }
  scene.send(`b${bad}`, { ...gone, blamed: `b${bad}` });
  if (bad > 1) scene.send(`b${bad - 1}`, { kind: 'known' });
  // The other branch goes on as if nothing had been.
  scene.accepted('a4', { on: 'a3', txs: [pay(ALICE, 3, BOB, 97)] }, bad === 5 ? 'b4' : 'a4');
  if (bad === 5) scene.accepted('a5', { on: 'a4' });
  scene.rejected('overdraft', 'the ledger is the one of a', { txs: [pay(ALICE, 4, BOB, 1)] });
  return scene.scene();
}

/** The bodies of a heavier branch are complete at once, its fourth block is bad: three of it still beat two. */
function goodPart(): Scene {
  const scene = funded('the good part of a heavier branch wins');
  const fork = scene.tip;
  scene.grow('a', 2, fork, () => ({ coinbase: { recipient: BOB.id } }));
  for (let i = 1; i <= 5; i++) {
    const txs = i === 4 ? [{ ...say(BOB, 0, 'forged'), memo: 'Forged' }] : [];
    scene.make(`b${i}`, { on: i === 1 ? fork : `b${i - 1}`, txs });
    scene.sendHeader(`b${i}`);
  }
  for (const i of [5, 4, 3, 2]) scene.aside(`b${i}`);
  scene.tip = 'b3';
  scene.send('b1', { kind: 'rejected', code: 'bad-signature', blamed: 'b4' });
  scene.sendHeader('b4', { kind: 'rejected', code: 'invalid-chain', blamed: 'b4' });
  scene.sendHeader('b5', { kind: 'rejected', code: 'invalid-chain', blamed: 'b5' });
  scene.accepted('c4', { on: 'b3' });
  return scene.scene();
}

/** Two heavier branches, both bad: each is left, and the tip stays. */
function twoBad(): Scene {
  const scene = funded('two bad branches, then a good one');
  const fork = scene.tip;
  scene.grow('a', 2, fork);
  for (const branch of ['b', 'c']) {
    scene.aside(`${branch}1`, { on: fork, txs: [pay(ALICE, 0, branch === 'b' ? BOB : CAROL, 101)] });
    scene.aside(`${branch}2`, { on: `${branch}1` });
    scene.make(`${branch}3`, { on: `${branch}2` });
    scene.send(`${branch}3`, { kind: 'rejected', code: 'overdraft', blamed: `${branch}1` });
    scene.rejected('invalid-chain', `${branch}4`, { on: `${branch}3` });
  }
  scene.aside('d1', { on: fork, txs: [pay(ALICE, 0, BOB, 100)] });
  scene.aside('d2', { on: 'd1' });
  scene.accepted('d3', { on: 'd2' });
  return scene.scene();
}

/** A body that breaks a rule of form takes its header's children with it; one that only fits badly does not. */
function marks(): Scene {
  const scene = new SceneBuilder('what a bad body says of its header');
  for (const name of ['a1', 'b1']) {
    scene.make(name, name === 'a1' ? { on: 'genesis', coinbase: { nonce: 2 } } : { on: 'genesis' });
    scene.make(`${name} child`, { on: name });
    scene.sendHeader(name);
    scene.sendHeader(`${name} child`);
  }
  scene.send('a1', { kind: 'rejected', code: 'bad-coinbase-height', blamed: 'a1' });
  scene.sendHeader('a1 child', { kind: 'rejected', code: 'invalid-chain', blamed: 'a1 child' });
  scene.send('a1 child', { kind: 'rejected', code: 'invalid-chain', blamed: 'a1 child' });
  const swapped = blockCodec.encode({
    ...scene.get('b1').block,
    transactions: [coinbase(1, { memo: 'swapped' })],
  });
  scene.send('b1', { kind: 'rejected', code: 'bad-merkle-root', blamed: 'b1' }, swapped);
  scene.accepted('b1');
  scene.accepted('b1 child');
  return scene.scene();
}

export const REORG_DEPTHS = [1, 2, 3, 5, 8, 13, 21, 34, 60];

export function* generateScenes(): Generator<Scene> {
  yield versions();
  yield work();
  yield difficulty();
  yield times();
  yield orphans();
  yield headersFirst();
  yield merkle();
  yield coinbases();
  yield halving();
  yield transactions();
  yield nonces();
  yield balances();
  yield sizes();
  yield bytes();
  yield ties();
  for (const depth of REORG_DEPTHS) yield reorg(depth);
  for (const bad of [1, 2, 3, 4, 5]) yield badInside(bad);
  yield goodPart();
  yield twoBad();
  yield marks();
}
