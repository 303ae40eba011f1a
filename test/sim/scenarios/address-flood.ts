import { addressId } from '../../../web/node/address.ts';
import { MAX_TOLD } from '../../../web/node/address-book.ts';
import { MAX_LINKS } from '../../../web/node/mesh.ts';
import { addressFlood } from '../adversaries/address-flood.ts';
import { HandPlayedNode } from '../adversaries/hand-played-node.ts';
import type { Scenario } from '../scenario.ts';
import type { SimNode } from '../sim-node.ts';
import { Simulation } from '../simulation.ts';

const LIARS = 4;
const FLOOD_SECONDS = 1_800;
const SHORT_FLOOD_SECONDS = 400;
/** A full mesh has two links more for a moment. */
const MAX_TELLERS = MAX_LINKS + 2;

export const addressFloods: Scenario = {
  name: 'address-flood',
  holds: 'peers that invent addresses fill a bounded table, displace no honest address and cut nobody off',
  nodes: 25,
  minNodes: 15,
  short: true,
  play({ seed, nodes: count, long }, report) {
    const simulation = new Simulation({ seed, tickMs: 500 });
    const nodes = simulation.joinMany(count, { powMode: 'off' });
    const [victim, ...others] = nodes as [SimNode, ...SimNode[]];
    simulation.run(180);
    const known = () => {
      const { account, node } = victim;
      const ids = others
        .filter(({ alive }) => alive)
        .map((other) => addressId({ key: other.account, session: other.session }));
      return ids.filter((id) => !id.startsWith(account) && node.book.tellersOf(id).length > 0).length;
    };
    const knownBefore = known();
    const floods = Array.from({ length: LIARS }, () => addressFlood(simulation));
    const liars = floods.map((flood, i) => new HandPlayedNode(simulation, `liar${i}`, flood));
    const liarsLinked = () => liars.filter(({ links }) => links.size > 0).length;
    let largest = 0;
    let largestBucket = 0;
    let fewest = Infinity;
    let mostLinked = 0;
    for (let second = 0; second < (long ? FLOOD_SECONDS : SHORT_FLOOD_SECONDS); second += 10) {
      // Whoever is let go comes back.
      for (const liar of liars) if (liar.links.size === 0) liar.dial(victim);
      simulation.run(10);
      mostLinked = Math.max(mostLinked, liarsLinked());
      const { book } = victim.node;
      largest = Math.max(largest, book.size);
      largestBucket = Math.max(largestBucket, ...book.tellers.map((teller) => book.toldBy(teller).length));
      fewest = Math.min(fewest, known());
    }
    const invented = floods.reduce((sum, flood) => sum + flood.invented.size, 0);
    report.figure('addresses invented', invented);
    report.figure('liars linked at once', mostLinked);
    report.figure('honest addresses known, before and at the least', `${knownBefore}, ${fewest}`);
    report.atLeast('liars linked at once', mostLinked, 2);
    report.atLeast('addresses invented', invented, MAX_TOLD * 2);
    report.atMost('entries of the table', largest, MAX_TOLD * MAX_TELLERS);
    report.atMost('entries of one teller', largestBucket, MAX_TOLD);
    report.atLeast('honest addresses known', fewest, Math.floor(knownBefore * 0.7));

    // What the table is for: without the server, and with most of its honest links cut, it finds the others again.
    simulation.server.isUp = false;
    const honestKeys = new Set(others.map(({ account }) => account));
    const honestLinks = () => victim.node.peers.ready.filter(({ key }) => honestKeys.has(key ?? ''));
    const cut = honestLinks().slice(2);
    for (const { link } of cut) victim.links.get(link.id)?.cut();
    report.atLeast('honest links cut', cut.length, 2);
    report.check(
      'at least 4 honest links again',
      simulation.run(300, () => honestLinks().length >= 4),
    );
    report.equal(
      'bans',
      others.reduce((sum, { node }) => sum + node.banned, 0),
      0,
    );
    return simulation;
  },
};
