/** What a fuzz does to lawful messages, all of it drawn from one seeded source. */
import { encodeMessage, MESSAGES, type Message } from '../../../web/node/messages.ts';
import type { SeededRandom } from '../../sim/seeded-random.ts';

/** Numbers at which counts, heights and times change their meaning. */
const EDGES = [0, 1, 2, 0x7f, 0xfd, 0xff, 0xffff, 0x7fffffff, 0xffffffff, Number.MAX_SAFE_INTEGER];
const IDS = Object.values(MESSAGES).map(({ id }) => id);

export class Mutations {
  readonly #random: SeededRandom;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  below(n: number): number {
    return Math.floor(this.#random.next() * n);
  }

  oneOf<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  /** Overwritten in places, cut off, continued; or nothing but a message's id and noise. */
  bytes(bytes: Uint8Array): Uint8Array {
    const kind = this.below(4);
    if (kind === 0) return Uint8Array.from([this.oneOf(IDS), ...this.#random.bytes(this.below(300))]);
    if (kind === 1) return bytes.slice(0, 1 + this.below(bytes.length));
    const extra = kind === 2 ? this.#random.bytes(1 + this.below(40)) : [];
    const mutated = Uint8Array.from([...bytes, ...extra]);
    for (let i = 0; i <= this.below(4); i++) mutated[this.below(mutated.length)] = this.below(256);
    return mutated;
  }

  /**
   * Well-formed, with one field changed, wherever it is: whatever the table of
   * messages has. Undefined if the codec can't say that.
   * `strings`: ids and keys that mean something here.
   */
  field(message: Message, strings: readonly string[]): Uint8Array | undefined {
    const copy = structuredClone(message);
    this.#change(copy as unknown as Record<string, unknown>, strings);
    try {
      return encodeMessage(copy);
    } catch {
      return undefined;
    }
  }

  #change(parent: Record<string, unknown>, strings: readonly string[]): void {
    const keys = Object.keys(parent).filter((key) => key !== 'name');
    if (keys.length === 0) return;
    const key = this.oneOf(keys);
    const value = parent[key];
    if (value instanceof Uint8Array) value[this.below(value.length)] = this.below(256);
    else if (typeof value === 'number')
      parent[key] = this.below(2) ? this.oneOf(EDGES) : value + this.below(3) - 1;
    else if (typeof value === 'bigint') parent[key] = BigInt(this.oneOf(EDGES));
    else if (typeof value === 'boolean') parent[key] = !value;
    else if (typeof value === 'string') {
      const alike = strings.filter(({ length }) => length === value.length);
      parent[key] = alike.length > 0 && this.below(4) > 0 ? this.oneOf(alike) : this.#flip(value);
    } else if (Array.isArray(value) && (value.length === 0 || this.below(2))) {
      parent[key] = this.list(value);
    } else if (typeof value === 'object' && value !== null) {
      this.#change(value as Record<string, unknown>, strings);
    }
  }

  /** Elements gone, repeated or in another order. */
  list<T>(values: readonly T[]): T[] {
    const at = this.below(values.length);
    switch (this.below(4)) {
      case 0:
        return values.slice(0, at);
      case 1:
        return [...values, ...values.slice(at)];
      case 2:
        return [...values.slice(at), ...values.slice(0, at)];
      default:
        return values.filter((_, i) => i !== at);
    }
  }

  #flip(hex: string): string {
    const at = this.below(hex.length);
    return hex.slice(0, at) + this.below(16).toString(16) + hex.slice(at + 1);
  }
}
