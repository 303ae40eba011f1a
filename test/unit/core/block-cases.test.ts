import { bytesToHex } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { blockCodec } from '../../../web/core/block.ts';
import { Chain } from '../../../web/core/chain.ts';
import { decodeOrUndefined } from '../../../web/core/codec.ts';
import type { BlockId } from '../../../web/core/hash.ts';
import { headerCodec, headerId } from '../../../web/core/header.ts';
import type { RuleCode } from '../../../web/core/rules.ts';
import { verifyZip215, type Verify } from '../../../web/core/transaction.ts';
import { generateScenes, type Outcome, type Scene, type Step } from './block-cases.ts';

/** The scenes share most of their signatures. */
const answers = new Map<string, boolean>();
const verify: Verify = (signature, message, publicKey) => {
  const key = [signature, message, publicKey].map((bytes) => bytesToHex(bytes)).join();
  const answer = answers.get(key) ?? verifyZip215(signature, message, publicKey);
  answers.set(key, answer);
  return answer;
};

class Stage {
  readonly #chain: Chain;
  readonly #names: Map<BlockId, string>;

  constructor(scene: Scene) {
    this.#chain = new Chain(scene.params, scene.genesis, scene.trusting ? () => true : verify);
    this.#names = new Map([[headerId(scene.genesis.header), 'genesis']]);
  }

  get tip(): string {
    return this.#nameOf(this.#chain.tip.id);
  }

  play(step: Step): Outcome {
    return step.what === 'header' ? this.#header(step) : this.#block(step);
  }

  #nameOf(id: BlockId): string {
    return this.#names.get(id) ?? id;
  }

  #header({ name, bytes, nowSeconds }: Step): Outcome {
    const header = headerCodec.decode(bytes);
    this.#names.set(headerId(header), name);
    const result = this.#chain.addHeader(header, nowSeconds);
    if (typeof result === 'string') return refusal(result, name);
    return { kind: result.isNew ? 'accepted' : 'known' };
  }

  #block({ name, bytes, nowSeconds }: Step): Outcome {
    const block = decodeOrUndefined(blockCodec, bytes);
    if (!block) return { kind: 'malformed' };
    this.#names.set(headerId(block.header), name);
    const result = this.#chain.addBlock(block, nowSeconds);
    if (result.kind === 'refused') return refusal(result.code, name);
    if (result.kind === 'known') return { kind: 'known' };
    const [rejected] = this.#chain.activate().rejected;
    if (rejected) return { kind: 'rejected', code: rejected.code, blamed: this.#nameOf(rejected.entry.id) };
    return { kind: 'accepted' };
  }
}

function refusal(code: RuleCode, blamed: string): Outcome {
  if (code === 'time-too-new') return { kind: 'held' };
  if (code === 'unknown-parent') return { kind: 'orphan' };
  return { kind: 'rejected', code, blamed };
}

const scenes = [...generateScenes()];

describe('a chain that is given', () => {
  test.each(scenes)('$title', (scene) => {
    const stage = new Stage(scene);
    for (const step of scene.steps) {
      const outcome = stage.play(step);
      expect({ name: step.name, outcome, tip: stage.tip }).toEqual({
        name: step.name,
        outcome: step.outcome,
        tip: step.tip,
      });
    }
  });
});

describe('the cases', () => {
  const steps = scenes.flatMap((scene) => scene.steps);

  test('are many', () => {
    expect(scenes.length).toBeGreaterThanOrEqual(25);
    expect(steps.filter(({ outcome }) => outcome.kind !== 'accepted').length).toBeGreaterThanOrEqual(80);
  });

  test('name every code that a block can be refused with', () => {
    // A Record, so that a new code without a case does not compile.
    const needed: Record<Exclude<RuleCode, 'stray-coinbase'>, true> = {
      'bad-version': true,
      'bad-bits': true,
      'insufficient-work': true,
      'time-too-old': true,
      'time-too-new': true,
      'unknown-parent': true,
      'invalid-chain': true,
      'bad-merkle-root': true,
      mutated: true,
      'block-too-large': true,
      'no-coinbase': true,
      'extra-coinbase': true,
      'bad-coinbase-height': true,
      'bad-coinbase-form': true,
      'bad-coinbase-amount': true,
      'repeated-nonce': true,
      'bad-transaction-version': true,
      'amount-to-nobody': true,
      'bad-signature': true,
      'nonce-used': true,
      'nonce-gap': true,
      overdraft: true,
    };
    const seen = new Set<string>();
    for (const { outcome } of steps) {
      if (outcome.kind === 'rejected') seen.add(outcome.code);
      if (outcome.kind === 'held') seen.add('time-too-new');
      if (outcome.kind === 'orphan') seen.add('unknown-parent');
    }
    expect([...seen].sort()).toEqual(Object.keys(needed).sort());
  });
});
