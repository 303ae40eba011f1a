import { expect, test } from 'vitest';
import type { Transaction } from '../../../web/core/transaction.ts';
import { createNodeVerifier, MANY_SIGNATURES } from '../../../web/engine/node-verifier.ts';
import type { Verifier } from '../../../web/node/ports.ts';
import { someAccount, unchecked } from '../core/build.ts';

function createScene(isCatchingUp: boolean) {
  const happened: string[] = [];
  let answer = (): void => undefined;
  /** Answers when it is told to. */
  const played = (name: string): Verifier => ({
    lookAhead(transactions, done) {
      happened.push(`${name} asked`);
      answer = () => done(transactions);
    },
  });
  const verifier = createNodeVerifier({
    workers: played('workers'),
    ownThread: played('own thread'),
    isCatchingUp: () => isCatchingUp,
    onAnswered: () => happened.push('engine told'),
  });
  return {
    happened,
    ask(count: number): readonly Transaction[] {
      const asked = Array.from({ length: count }, (_, n) => unchecked(someAccount(n)));
      verifier.lookAhead(asked, (good) => happened.push(`node told of ${good.length}`));
      return asked;
    },
    answer: () => answer(),
  };
}

test('after the node has taken an answer the engine hears that it may have changed', () => {
  const { ask, answer, happened } = createScene(false);
  ask(2);
  expect(happened).toEqual(['own thread asked']);
  answer();
  expect(happened).toEqual(['own thread asked', 'node told of 2', 'engine told']);
});

test('many signatures, and those of a chain that is fetched, are for the workers', () => {
  const alone = createScene(false);
  alone.ask(MANY_SIGNATURES - 1);
  alone.ask(MANY_SIGNATURES);
  expect(alone.happened).toEqual(['own thread asked', 'workers asked']);
  const fetching = createScene(true);
  fetching.ask(1);
  expect(fetching.happened).toEqual(['workers asked']);
});
