/** Where the nodes of the graph stand: d3-force, in steps that leave a frame its time. */
import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type SimulationLinkDatum,
  type SimulationNodeDatum,
} from 'd3-force';
import type { AccountId } from '../../core/hash.ts';
import type { Graph, GraphEdge, GraphNode } from './graph-model.ts';

/** In CSS pixels from the upper left corner. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export type Places = ReadonlyMap<AccountId, Point>;

interface Body extends SimulationNodeDatum {
  readonly key: AccountId;
  readonly kind: GraphNode['kind'];
}

interface Spring extends SimulationLinkDatum<Body> {
  readonly kind: GraphEdge['kind'];
}

/** A frame lasts 16 ms, and the page has other things to do in it. */
export const FRAME_BUDGET_MS = 5;
/** More a frame would look like a jump. */
const STEPS_A_FRAME = 2;

/** Half of what a node takes up, its ring and a part of its name included, in pixels. */
const RADIUS: Record<GraphNode['kind'], number> = { self: 58, peer: 40, reported: 22 };
/** Where a crowd has less room than that. */
const MIN_RADIUS = 13;
/** Nodes stay this far inside, so that no ring and no name is cut. */
const MARGIN = { x: 46, top: 34, bottom: 46 };

/** How strongly all are drawn to the middle: a little, so that nobody drifts to the walls. */
const PULL = 0.06;
/**
 * How strongly they push each other away, where 1 / pi would make an even disc as large as the box (each pushes with
 * strength / distance, and all together hold the pull at the rim). The links pull inwards, too.
 */
const PUSH = 0.4;

/** A few nodes don't need the whole of a large box: this distance, in pixels, is enough for rings and names. */
const MAX_ROOM = 225;

/** Standing after some 150 steps instead of d3's 300: two seconds, of which people see one. */
const COOLING = 0.045;

/** How warm the simulation gets when somebody comes or goes: enough to make room, not to shuffle. */
const STIRRED = 0.4;

export class GraphLayout {
  readonly #simulation = forceSimulation<Body, Spring>().alphaDecay(COOLING).stop();
  #bodies = new Map<AccountId, Body>();
  #shape = '';
  #width = 0;
  #height = 0;

  /** Places are kept; who is new starts beside who brought it. */
  show(graph: Graph, width: number, height: number): void {
    const isResized = width !== this.#width || height !== this.#height;
    const shape = graph.edges.map(({ id, kind }) => `${id} ${kind}`).join();
    const isSame = shape === this.#shape && graph.nodes.length === this.#bodies.size;
    if (isSame && !isResized) return;
    this.#shape = shape;
    this.#width = width;
    this.#height = height;
    const before = this.#bodies;
    this.#bodies = new Map(graph.nodes.map((node) => [node.key, this.#body(node, before, graph)]));
    this.#configure(graph);
    const isFirst = before.size <= 1;
    this.#simulation.alpha(isFirst ? 1 : Math.max(this.#simulation.alpha(), STIRRED));
  }

  /** Moves on a little, within the budget. False once everybody stands still. `now` in ms. */
  advance(now: () => number): boolean {
    const endMs = now() + FRAME_BUDGET_MS;
    for (let step = 0; step < STEPS_A_FRAME && this.#isMoving; step++) {
      this.#simulation.tick();
      this.#keepInside();
      if (now() >= endMs) break;
    }
    return this.#isMoving;
  }

  places(): Places {
    const [x, y] = [this.#width / 2, this.#height / 2];
    return new Map(
      [...this.#bodies].map(([key, body]) => [key, { x: x + (body.x ?? 0), y: y + (body.y ?? 0) }]),
    );
  }

  get #isMoving(): boolean {
    return this.#simulation.alpha() >= this.#simulation.alphaMin();
  }

  /** Its old one, or a new one. The origin is the middle, where this tab stands. */
  #body({ key, kind }: GraphNode, before: ReadonlyMap<AccountId, Body>, graph: Graph): Body {
    if (kind === 'self') return { key, kind, x: 0, y: 0, fx: 0, fy: 0 };
    const old = before.get(key);
    if (old?.kind === kind) return old;
    const from = graph.edges.find((edge) => edge.to === key)?.from ?? '';
    const { x = 0, y = 0 } = old ?? before.get(from) ?? {};
    // From the key: the same room looks alike each time that it is opened.
    const angle = (parseInt(key.slice(0, 4), 16) / 0x10000) * 2 * Math.PI;
    const away = old === undefined ? RADIUS.peer : 0;
    return { key, kind, x: x + away * Math.cos(angle), y: y + away * Math.sin(angle) };
  }

  #configure({ edges }: Graph): void {
    const bodies = [...this.#bodies.values()];
    /** The distance between neighbours if all stood evenly. */
    const even = Math.sqrt((this.#width * this.#height) / Math.max(6, bodies.length));
    const room = Math.min(even, MAX_ROOM);
    const springs = edges.map(({ from, to, kind }): Spring => ({ source: from, target: to, kind }));
    /** How far from this tab its peers have room for themselves. */
    const ring = room * Math.max(1.05, 0.4 * Math.sqrt(bodies.filter(({ kind }) => kind === 'peer').length));
    // Wide boxes pull to the middle line, tall ones to the middle column.
    const flatness = this.#width / Math.max(1, this.#height);
    this.#simulation
      .nodes(bodies)
      .force(
        'link',
        forceLink<Body, Spring>(springs)
          .id(({ key }) => key)
          .distance(({ kind }) => (kind === 'reported' ? room : ring))
          .strength(({ kind }) => (kind === 'reported' ? 0.05 : 0.15)),
      )
      .force('charge', forceManyBody<Body>().strength(-PULL * PUSH * room ** 2))
      .force('x', forceX<Body>(0).strength(PULL / flatness))
      .force('y', forceY<Body>(0).strength(PULL * flatness))
      .force(
        'collide',
        forceCollide<Body>(({ kind }) => Math.max(MIN_RADIUS, Math.min(RADIUS[kind], room * 0.5))).iterations(
          2,
        ),
      );
  }

  #keepInside(): void {
    const x = Math.max(0, this.#width / 2 - MARGIN.x);
    const top = Math.max(0, this.#height / 2 - MARGIN.top);
    const bottom = Math.max(0, this.#height / 2 - MARGIN.bottom);
    for (const body of this.#bodies.values()) {
      body.x = Math.min(x, Math.max(-x, body.x ?? 0));
      body.y = Math.min(bottom, Math.max(-top, body.y ?? 0));
    }
  }
}
