/** Collections that forget their oldest entries, for everything that a peer can make grow. */

export class BoundedMap<K, V> {
  readonly #map = new Map<K, V>();
  /**
   * Stands before the oldest key. A new iterator for each eviction would walk
   * over all places that deleted keys have left: 7 microseconds with 6,000 keys, 29 with 20,000.
   */
  readonly #oldest = this.#map.keys();
  readonly #max: number;

  /** `max`: at least 1. */
  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#map.size;
  }

  get(key: K): V | undefined {
    return this.#map.get(key);
  }

  has(key: K): boolean {
    return this.#map.has(key);
  }

  /** Setting a key again makes it the newest. */
  set(key: K, value: V): void {
    this.#map.delete(key);
    this.#map.set(key, value);
    if (this.#map.size <= this.#max) return;
    // Never at its end: at least the key just set lies before it.
    this.#map.delete(this.#oldest.next().value as K);
  }

  delete(key: K): boolean {
    return this.#map.delete(key);
  }

  clear(): void {
    this.#map.clear();
  }

  entries(): IterableIterator<[K, V]> {
    return this.#map.entries();
  }
}

export class BoundedSet<K> {
  readonly #map: BoundedMap<K, true>;

  constructor(max: number) {
    this.#map = new BoundedMap(max);
  }

  has(key: K): boolean {
    return this.#map.has(key);
  }

  add(key: K): void {
    this.#map.set(key, true);
  }

  delete(key: K): boolean {
    return this.#map.delete(key);
  }
}
