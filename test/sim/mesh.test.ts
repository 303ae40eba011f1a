/** What the mesh of a whole room holds: whole, spread, open to newcomers, and not to be bought with keys. */
import { describe, expect, test } from 'vitest';
import { addressId } from '../../web/node/address.ts';
import { MAX_TOLD } from '../../web/node/address-book.ts';
import { LOW_LINKS, MAX_LINKS, MIN_DIALLED } from '../../web/node/mesh.ts';
import { MAX_ADDRESSES } from '../../web/node/messages.ts';
import { HandPlayedNode } from './adversaries/hand-played-node.ts';
import { SimNode } from './sim-node.ts';
import { Simulation } from './simulation.ts';

const SEED = Number(process.env.SEED ?? 7);
const TICK_MS = 500;

function room(count: number): Simulation {
  const simulation = new Simulation({ seed: SEED, tickMs: TICK_MS });
  simulation.joinMany(count, { powMode: 'off' });
  return simulation;
}

function peersOf(simulation: Simulation, { node }: SimNode): SimNode[] {
  return node.peers.ready.flatMap(({ key }) => {
    const peer = key === undefined ? undefined : simulation.network.endpointOf(key);
    return peer instanceof SimNode && peer.alive ? [peer] : [];
  });
}

function isWhole(simulation: Simulation): boolean {
  const [first] = simulation.alive;
  const reached = new Set<SimNode>();
  const open = first ? [first] : [];
  for (let node = open.pop(); node; node = open.pop()) {
    if (reached.has(node)) continue;
    reached.add(node);
    open.push(...peersOf(simulation, node));
  }
  return reached.size === simulation.alive.length;
}

/** The fewest and the most links that a node has. */
function links(simulation: Simulation): { fewest: number; most: number } {
  const counts = simulation.alive.map((node) => peersOf(simulation, node).length);
  return { fewest: Math.min(...counts), most: Math.max(...counts) };
}

const isMeshed = (simulation: Simulation) => isWhole(simulation) && links(simulation).fewest >= LOW_LINKS;

describe(`the mesh of a room (SEED=${SEED})`, () => {
  test('100 nodes that know 16 each: one whole mesh of 4 to 12 links each, and no crowd around anybody', () => {
    const simulation = room(100);
    expect(simulation.run(60, () => isMeshed(simulation))).toBe(true);
    // It stays so while every node tries others.
    let worst = { fewest: Infinity, most: 0 };
    for (let i = 0; i < 20; i++) {
      simulation.run(15);
      const { fewest, most } = links(simulation);
      worst = { fewest: Math.min(worst.fewest, fewest), most: Math.max(worst.most, most) };
      expect(isWhole(simulation)).toBe(true);
    }
    expect(worst.most).toBeLessThanOrEqual(MAX_LINKS);
    expect(worst.fewest).toBeGreaterThanOrEqual(LOW_LINKS);
    const newcomer = simulation.join('newcomer', { powMode: 'off' });
    expect(simulation.run(20, () => peersOf(simulation, newcomer).length >= LOW_LINKS)).toBe(true);
  }, 300_000);

  test('half of them leave at once: whole again', () => {
    const simulation = room(100);
    simulation.run(60);
    for (const node of simulation.nodes.slice(0, 50)) node.crash();
    expect(simulation.run(60, () => isMeshed(simulation))).toBe(true);
  }, 300_000);

  test('without a server, 30% leave at once and 30% more in ten minutes: one mesh of 4 links each', () => {
    const simulation = room(50);
    simulation.run(180);
    simulation.server.isUp = false;
    for (const node of simulation.nodes.slice(0, 15)) node.crash();
    expect(simulation.run(120, () => isMeshed(simulation))).toBe(true);
    for (const node of simulation.nodes.slice(15, 30)) {
      node.crash();
      simulation.run(40);
    }
    expect(simulation.run(60, () => isMeshed(simulation))).toBe(true);
  }, 300_000);

  test('a newcomer with one link and no server gets its others through it', () => {
    const simulation = room(40);
    simulation.run(120);
    simulation.server.isUp = false;
    const newcomer = simulation.join('invited', { powMode: 'off' });
    const [host] = simulation.nodes;
    if (!host) throw new Error('an empty room');
    simulation.network.open(newcomer, host, 'peers', { dialled: 'invitation', dialler: 'invited' });
    expect(simulation.run(60, () => peersOf(simulation, newcomer).length >= LOW_LINKS)).toBe(true);
  }, 300_000);

  test('200 Sybils at one node that tell lies: two honest links it dialled stay, and what they tell', () => {
    const simulation = room(30);
    simulation.run(120);
    const [victim] = simulation.nodes;
    if (!victim) throw new Error('an empty room');
    const sybils = Array.from({ length: 200 }, (_, i) => {
      const sybil: HandPlayedNode = new HandPlayedNode(simulation, `sybil ${i}`, {
        onMessage: (peer, { name }) => {
          if (name === 'getPeers') peer.say({ name: 'peers', addresses: lies(simulation) });
        },
      });
      simulation.server.join(sybil);
      return sybil;
    });
    const keys = new Set(sybils.map(({ account }) => account));
    const honestDialled = () =>
      victim.node.peers.ready.filter(({ key, link }) => link.dialled && !keys.has(key ?? '')).length;
    let fewest = Infinity;
    // Ten minutes, in which each of them tries every ten seconds.
    for (let second = 0; second < 600; second += 10) {
      for (const sybil of sybils) if (sybil.peers.size === 0) sybil.dial(victim);
      simulation.run(10);
      fewest = Math.min(fewest, honestDialled());
    }
    const taken = victim.node.peers.ready.filter(({ key }) => keys.has(key ?? ''));
    // They do hold most of what can be had by dialling: this is an attack.
    expect(taken.length).toBeGreaterThanOrEqual(5);
    expect(fewest).toBeGreaterThanOrEqual(MIN_DIALLED);
    expect(victim.node.book.size).toBeLessThanOrEqual((MAX_LINKS + 2) * MAX_TOLD);
    const honest = simulation.nodes.filter(({ session, account }) => {
      return victim.node.book.via(addressId({ key: account, session })).length > 0;
    });
    expect(honest.length).toBeGreaterThanOrEqual(10);
  }, 300_000);
});

function lies({ random }: Simulation) {
  return Array.from({ length: MAX_ADDRESSES }, () => ({
    key: Buffer.from(random.bytes(32)).toString('hex'),
    session: Buffer.from(random.bytes(8)).toString('hex'),
    distance: 2 as const,
  }));
}
