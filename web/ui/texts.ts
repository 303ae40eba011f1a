/** Every text that people read, in one place, so that another language is another file like this one. */
import type {
  InvitationCommand,
  InvitationFailure,
  InvitationProblem,
  InvitationState,
} from '../engine/messages.ts';
import type { MessageName } from '../node/messages.ts';
import type { ComposeCode } from '../node/node.ts';
import type { PeerCode } from '../node/penalties.ts';
import type { BlockState } from './forks/block-state.ts';
import { byteSize, count, hashRate } from './format/quantity.ts';

const plural = new Intl.PluralRules('en');

function counted(n: number, one: string, other: string): string {
  return `${count(n)} ${plural.select(n) === 'one' ? one : other}`;
}

function credits(n: number): string {
  return counted(n, 'credit', 'credits');
}

const SHOWN_MEMO_CHARS = 60;

function quoted(memo: string): string {
  const chars = [...memo.replaceAll(/\s+/g, ' ')];
  return chars.length <= SHOWN_MEMO_CHARS
    ? `“${chars.join('')}”`
    : `“${chars.slice(0, SHOWN_MEMO_CHARS).join('')}…”`;
}

/** "0.4%", "37%": two digits say enough of how lucky a block was. */
const percent = new Intl.NumberFormat('en', { style: 'percent', maximumSignificantDigits: 2 });
const rough = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 });
const list = new Intl.ListFormat('en');

const BLOCK_STATES: Record<BlockState, string> = {
  active: 'in the chain',
  stale: 'stale',
  rival: 'a rival',
  announced: 'a rival, header only',
  refused: 'refused',
};

export const texts = {
  count,
  /** Between two facts on one line. */
  separator: ' · ',
  app: {
    name: 'tabchain',
    title: (room: string) => `${room} · tabchain`,
  },
  unsupported: {
    heading: 'This browser can’t be a node',
    missing: (names: readonly string[]) => `It has no ${list.format(names)}.`,
    advice:
      'A current Chrome, Edge, Firefox or Safari works. In a private window or a locked-down browser, the missing part may only be switched off.',
    worker: 'module workers, in which the node runs',
    webrtc: 'WebRTC, over which nodes talk to each other',
    indexedDb: 'IndexedDB, in which the chain is kept',
    webSocket: 'WebSocket, through which nodes find each other',
    bigInt: 'BigInt, with which work is counted',
  },
  landing: {
    heading: 'A blockchain that lives in this room’s browsers',
    lead: 'Every tab that opens a room’s link is a full node of that room’s own chain. No account, no install, and no server that holds your data.',
    open: 'Open a room',
    or: 'or join one',
    joinLabel: 'Room link or name',
    joinPlaceholder: 'https://…/#… or class-7b',
    join: 'Join',
    guessable: 'Anyone can guess a name like this: it is a public room.',
    problems: {
      empty: 'Paste a room’s link, or type its name.',
      'no-room': 'This link names no room: the part after # is missing. Copy the whole link.',
      'too-long': 'This is too long for a room’s name. Copy the link again, from its start to its end.',
      unwritable: 'This has characters that no room link has. Copy the link again.',
    },
    brokenLink: 'The link in the address bar names no room.',
    recent: 'Recent rooms',
    forget: (room: string) => `Forget ${room}`,
  },
  room: {
    public: 'public room',
    publicHint: 'Anyone who guesses this name can read and write here.',
    home: 'Leave the room',
    views: 'Views',
    chain: 'Chain',
    network: 'Network',
    forks: 'Forks',
    stats: 'Stats',
    wire: 'Wire',
    loadingView: 'Loading…',
    viewFailed: 'This view could not be loaded. Reload the page to try again.',
    status: 'Status',
  },
  chips: {
    signal: 'Signal',
    peers: 'Peers',
    chain: 'Chain',
    signalHint: 'The signaling server introduces nodes to each other. It never sees the chain.',
    peersHint:
      'Other tabs that this one is linked to directly. Blocks and messages travel over these links. “Relayed” are those that other peers introduced, without the server.',
    chainHint: 'Whether this tab has the chain that the room’s nodes have.',
    connecting: 'connecting',
    connected: 'connected',
    retrying: 'retrying',
    retryingIn: (seconds: number) => `retrying in ${count(seconds)} s`,
    refused: 'refused',
    stopped: 'stopped',
    linked: (n: number, relayed: number) =>
      relayed === 0 ? `${count(n)} linked` : `${count(n)} linked, ${count(relayed)} relayed`,
    alone: 'none yet',
    opening: 'opening',
    checking: 'checking',
    behind: (n: number) => `${count(n)} behind`,
    inSync: 'in sync',
    onItsOwn: 'on its own',
    failed: 'stopped',
  },
  notices: {
    opening: 'Opening this room…',
    loading: (done: number, total: number) => `Checking ${count(total)} blocks: ${count(done)} done.`,
    youAre: (name: string) => `You are ${name}.`,
    membersHere: (n: number) => `${counted(n, 'node', 'nodes')} here.`,
    alone: 'You’re the only node here. You can still write. Invite someone.',
    invite: 'Invite',
    connecting: 'Linking to the room’s other nodes…',
    signalGone: (peers: number, seconds: number | undefined) =>
      [
        'New people can’t join by link;',
        peers === 0
          ? 'this tab goes on by itself.'
          : `your ${counted(peers, 'peer is', 'peers are')} unaffected.`,
        seconds === undefined ? 'Retrying.' : `Retrying in ${count(seconds)} s.`,
      ].join(' '),
    /** `ahead`: seconds by which the others' clocks are ahead of this one's. */
    clockOff: (ahead: number) =>
      `This device’s clock is ${counted(Math.abs(ahead), 'second', 'seconds')} ${ahead > 0 ? 'behind' : 'ahead of'} its peers’ clocks. Blocks stamped more than 90 seconds ahead have to wait: set the clock.`,
    signalRefused: (message: string) => `The signaling server refused this tab: ${message}`,
    syncing: (height: number, headerHeight: number) =>
      `Catching up: block ${count(height)} of ${count(headerHeight)}.`,
    forgetting: (message: string) => `This tab will forget the chain when it closes. ${message}`,
    healed: (kept: number, lost: number) =>
      kept >= lost
        ? `This tab’s stored chain was damaged and has been repaired: all blocks up to #${count(kept)} are there.`
        : `This tab’s stored chain was damaged. Blocks up to #${count(kept)} were kept; those up to #${count(lost)} come from the peers.`,
    failed: (message: string) => `The node has stopped. ${message}`,
    reload: 'Reload',
    workerLost: 'Its worker could not be started or has crashed. Reload the page.',
    progress: 'Progress',
  },
  share: {
    button: 'Share',
    heading: 'Share this room',
    link: 'Room link',
    copy: 'Copy',
    copied: 'Copied',
    selected: 'Selected: copy it now',
    native: 'Send…',
    warning: 'Anyone with this link can read and write.',
    guessable: 'Anyone who guesses this room’s name can, too.',
    enlarge: (label: string) => `Show full-screen: ${label}`,
    qr: 'QR code of the room link',
    close: 'Close',
    invitation: 'Join my tabchain room',
  },
  invite: {
    summary: 'Invite without the server',
    intro:
      'For when the signaling server is gone or never was there: two texts do its work, carried by a messenger or as QR codes. There must be a way from device to device, such as the same Wi-Fi.',
    make: 'Make an invitation',
    placeholder: 'tabchain1.…',
    preparing: 'Asking the browser for a connection…',
    connecting: 'Looking for their device…',
    left: (time: string) => `${time} left`,
    done: 'Put away',
    invited: 'You were invited',
    inviter: {
      heading: 'Your invitation',
      give: 'Give this to one person. It opens the room, and shows them an answer.',
      text: 'Invitation link',
      qr: 'QR code of the invitation',
      take: 'Paste the answer that they give you.',
      answer: 'Their answer',
      connect: 'Connect',
      waiting: 'Keep this tab open until they have answered.',
      connected: 'Connected: they are a node of this room now, and need no server.',
      end: 'Withdraw',
    },
    guest: {
      heading: 'Your answer',
      give: 'Give this answer to who invited you. They paste it where they made the invitation.',
      text: 'Answer',
      qr: 'QR code of the answer',
      invitation: 'Were you given an invitation? Paste it',
      answer: 'Answer it',
      waiting: 'Keep this tab open. It connects by itself once they have pasted your answer.',
      connected: 'Connected: you are a node of this room now, and need no server.',
      end: 'Give up',
    },
  },
  you: {
    button: 'You:',
    tag: 'you',
    heading: 'You are',
    balance: credits,
    history: 'All that you wrote, got and mined',
    balanceHint: 'Credits come from mining blocks. They are worth nothing outside this room.',
    key: 'Account key',
    keyHint: 'The key is kept in this browser, and the name is made of it.',
  },
  account: {
    nobody: 'nobody',
    heading: (name: string) => `Account of ${name}`,
    key: 'Account: its public key',
    copyKey: 'Copy the account',
    sent: (n: number) => `${counted(n, 'transaction', 'transactions')} sent`,
    history: 'History',
    filter: 'Show',
    filters: { all: 'All', written: 'Messages', credits: 'Credits', mined: 'Mined blocks' },
    roles: { wrote: 'Wrote', sent: 'Sent', got: 'Got', mined: 'Mined' },
  },
  transaction: {
    heading: 'Transaction',
    state: 'State',
    nonceHint: 'How many transactions the sender had sent before: none can be used twice.',
    hint: 'Signed by its sender: nobody else could have written it, and no digit of it can be changed unnoticed.',
    coinbaseHint: 'The first transaction of its block: new credits for who mined it.',
    absent: 'No block of this chain has this transaction, and it is not pending here.',
  },
  search: {
    label: 'Search by height, text, name or hash',
    placeholder: 'Height, text, name or hash',
    go: 'Search',
    clear: 'Show all blocks',
    resultsFor: (text: string) => `Search: ${quoted(text)}`,
    accounts: 'Accounts',
    progress: 'Progress of the search',
    underway: (searched: number, total: number, found: number) =>
      `${count(found)} found. Looked through ${count(searched)} of ${counted(total, 'block', 'blocks')} so far.`,
    complete: (total: number, found: number) =>
      `${count(found)} found in all ${counted(total, 'block', 'blocks')} and among what is pending.`,
    partly: (searched: number, total: number, found: number) =>
      `${count(found)} found in the newest ${count(searched)} of ${counted(total, 'block', 'blocks')}.`,
    unread: (n: number) => `${counted(n, 'block', 'blocks')} could not be read.`,
    stop: 'Stop',
    more: 'Look further back',
    entry: (height: number) => `Transaction in block ${count(height)}`,
    pendingEntry: 'Pending transaction',
    mined: (amount: number) => `+${credits(amount)}`,
  },
  transfer: {
    open: 'Send credits',
    openShort: 'Credits',
    heading: 'Send credits',
    available: (n: number) => `You have ${credits(n)} to send.`,
    recipient: 'To',
    choose: 'Choose somebody',
    linked: 'Linked to this tab now',
    others: 'Known from the chain',
    option: (name: string, key: string) => `${name} (${key})`,
    paste: 'Paste an account…',
    account: 'Account, 64 hexadecimal digits',
    accountPlaceholder: '64 hexadecimal digits',
    amount: 'Amount',
    fee: 'Fee',
    feeHint: 'Goes to who mines it. A higher one is taken first.',
    memo: 'Message (optional)',
    send: 'Sign and send',
    summary: (amount: number, name: string) => `${credits(amount)} to ${name}`,
    problems: {
      'no-recipient': 'Choose who gets them.',
      'bad-recipient': 'An account is 64 hexadecimal digits.',
      'own-account': 'This is your own account.',
      'no-amount': 'Say how many: 1 or more.',
      'not-whole': 'Only whole numbers, digits without points or commas.',
      'over-balance': 'You don’t have that many, pending ones and the fee counted.',
      'memo-too-long': 'The message is too long: shorten it.',
    },
  },
  key: {
    export: 'Export key',
    import: 'Import key',
    exportHeading: (name: string) => `The key of ${name}`,
    exportWarning: 'Whoever sees this key can write and pay as you. Show it to nobody.',
    exportHint:
      'It lives in this browser only. If the browser’s data is cleared, the account is gone, unless you kept its key elsewhere.',
    show: 'Show the key',
    copy: 'Copy the key',
    save: 'Save as a file',
    importHeading: 'Import a key',
    importHint: 'Paste the text that “Export key” gave, or choose the file that it saved.',
    text: 'Key',
    file: 'Or a file',
    look: 'Whose key is it?',
    becomes: 'With this key, this tab becomes:',
    lost: (name: string, balance: number) =>
      `This tab’s own key, that of ${name} with ${credits(balance)}, will be deleted. Without a copy of it nobody can ever use that account again. What it wrote stays in the chain.`,
    oneTab:
      'Use a key in one tab at a time: two nodes with the same key don’t link and write over each other.',
    understood: 'I have exported the old key, or don’t need it',
    replace: (from: string, to: string) => `Delete the key of ${from} and become ${to}`,
    problems: {
      'not-a-key': 'This is no key: a key begins with “tabchain-key:1:”. Copy all of it.',
      damaged: 'A part of this key has changed on the way: it does not fit its account. Copy it again.',
      'not-stored': 'The browser could not store the key. The old one is still in place.',
      same: 'This is the key that this tab has already.',
    },
  },
  later: {
    heading: 'Not loaded',
    failed: 'This part of the page could not be loaded: its server is gone. Your node runs on.',
  },
  copy: { idle: 'Copy', copied: 'Copied', failed: 'Selected: copy it now' },
  keys: {
    open: 'Keys',
    heading: 'Keys',
    list: [
      { keys: ['/'], does: 'Search the chain' },
      { keys: ['←', '→'], does: 'Newer or older block, in the strip and in an open block' },
      { keys: ['↑', '↓'], does: 'Newer or older block, in the list' },
      { keys: ['Enter'], does: 'Open what has the focus; write the message' },
      { keys: ['Shift', 'Enter'], does: 'A new line in the message' },
      { keys: ['Esc'], does: 'Close what is open' },
      { keys: ['?'], does: 'This list' },
    ],
  },
  compose: {
    label: 'Write something to everyone’s chain',
    send: 'Write',
    sending: 'Signing…',
    keys: 'Enter writes, Shift+Enter makes a new line',
    bytes: (used: number, max: number) => `${count(used)} of ${count(max)} bytes`,
    tooLong: (over: number) => `${counted(over, 'byte', 'bytes')} too long for one message`,
    refused: (message: string) => `Not written. ${message}`,
    yours: 'Your messages',
    signed: 'Signed',
    pending: 'Pending',
    seen: 'Seen',
    seenBy: (n: number) => `Seen by ${counted(n, 'peer', 'peers')}`,
    seenHint: 'Peers of this tab that have it or were told of it. They pass it on.',
    sealed: 'Sealed',
    sealedIn: (height: number) => `Sealed in #${count(height)}`,
    depth: (n: number) => `${counted(n, 'block', 'blocks')} deep`,
    depthUnknown: 'Deep',
  },
  pow: {
    heading: 'Mining',
    mode: 'When this tab mines',
    onDemand: 'On demand',
    always: 'Always',
    off: 'Off',
    workers: 'Workers',
    workersOf: (n: number, max: number) => `${count(n)} of ${count(max)}`,
    starting: 'Getting ready.',
    idleOff: 'Off. Messages wait until another node mines them.',
    phone: 'Off because this is a phone: mining uses its battery. You can switch it on.',
    battery: 'Off because the battery is below 20%. You can switch it on.',
    resting: 'Resting: nothing is pending. Starts by itself with the next message.',
    waiting: 'A message of somebody else is pending. If nobody seals it within 30 seconds, this tab helps.',
    workingOnDemand: (height: number) => `Mining block #${count(height)}, because a message is pending.`,
    workingTie: (height: number) =>
      `Mining block #${count(height)}, to decide between two blocks with equal work.`,
    workingAlways: (height: number) => `Mining block #${count(height)}. Never rests.`,
    pausedAlways: 'Starts as soon as the chain is ready.',
    rate: hashRate,
    kernel: {
      'wasm-simd': 'With WebAssembly and its vector instructions: the fastest way',
      wasm: 'With WebAssembly: this browser lacks its vector instructions',
      noble: 'With plain JavaScript: this browser lacks WebAssembly',
    },
    rateHint: 'Hashes tried a second, all workers together',
    found: (n: number) => `${counted(n, 'block', 'blocks')} found`,
  },
  chain: {
    strip: 'Newest blocks',
    pending: 'Pending',
    pendingNone: 'Nothing is waiting.',
    pendingHint: 'Messages stay here until a block seals them.',
    more: (n: number) => `and ${count(n)} more`,
    mining: 'mining here',
    blocks: 'Blocks',
    heightWord: 'height',
    blockName: (height: number) => `Block ${count(height)}`,
    blockHash: (height: number) => `#${count(height)}`,
    minedBy: 'mined by',
    first: 'the first block',
    genesis: 'The first block. It is made from the room’s link, so no tab had to be first.',
    noMessages: 'no messages',
    transactions: (n: number) => counted(n, 'transaction', 'transactions'),
    loading: 'Loading…',
    unreadable: 'This tab can’t read this block from its store.',
    parent: 'parent',
  },
  block: {
    close: 'Close',
    missing: (height: number) => `This tab has no block #${count(height)}.`,
    loading: (height: number) => `Loading block #${count(height)}…`,
    header: 'Header',
    bytesHeading: '80 bytes, by field',
    bytesHint: 'Every node hashes exactly these bytes. Numbers are little-endian; hashes are shown reversed.',
    fields: {
      version: 'Version',
      prevHash: 'Previous block',
      merkleRoot: 'Merkle root',
      time: 'Time',
      bits: 'Bits',
      nonce: 'Nonce',
    },
    fieldHints: {
      version: 'Rules version; 16 of its bits are free for mining',
      prevHash: 'The hash of the parent’s header: what makes it a chain',
      merkleRoot: 'One hash over all transactions of the block',
      time: 'When the producer says it was made',
      bits: 'The target, in compact form',
      nonce: 'The number that mining searches for',
    },
    byteRange: (first: number, last: number) => `bytes ${count(first)}–${count(last)}`,
    hash: 'Hash',
    target: 'Target',
    /** `share`: hash divided by target. One block in `oneIn` lies as low. */
    belowTarget: (share: number, oneIn: number) =>
      `The hash, read as a number, is ${percent.format(share)} of the target. Being below it is the block’s proof of work.${oneIn >= 10 && Number.isFinite(oneIn) ? ` Only one block in ${rough.format(oneIn)} lies as low.` : ''}`,
    allHashes: (tries: number) =>
      `All that a hash can be. One in ${rough.format(tries)} is below the target; that part is enlarged here:`,
    genesisWork: 'The first block needs no proof of work.',
    producer: 'Mined by',
    heard: 'Heard here',
    heardFrom: 'from',
    heardSelf: 'made by this tab',
    heardBefore: 'before this page was opened: it comes from this tab’s store',
    neighbours: 'Neighbouring blocks',
    stepsHeading: 'From the bytes to the hash, computed here',
    steps: {
      once: 'SHA-256 of the 80 bytes',
      twice: 'SHA-256 of these 32 bytes',
      reversed: 'Read from the last byte to the first, as a number is written:',
      same: 'The same as the block’s hash: these bytes are untouched.',
      other: 'Not the block’s hash: something is wrong with these bytes.',
    },
    size: 'Size',
    bytes: byteSize,
    transactions: 'Transactions',
    reward: 'New credits',
    from: 'From',
    to: 'To',
    amount: 'Amount',
    fee: 'Fee',
    nonce: 'Nonce',
    id: 'Transaction id',
  },
  forks: {
    heading: 'Forks',
    summary: (n: number) => `${counted(n, 'block', 'blocks')} beside the chain`,
    emptyHeading: 'No forks yet',
    empty: 'Every block you know of is in the chain.',
    emptyHint:
      'When two nodes find a block at the same moment, or the room falls in two for a while, there are two branches. The one with more work becomes the chain; the other one shows up here.',
    sinceOpened:
      'Shown is what this tab heard since it was opened: stored is the chain alone, so branches are forgotten on reload.',
    tree: 'Block tree',
    treeHint: 'The newest block is on the left. Arrow keys walk the tree, Enter opens a block.',
    tipName: (height: number) => `Block ${count(height)}, your tip`,
    blockName: (height: number, state: BlockState) => `Block ${count(height)}, ${BLOCK_STATES[state]}`,
    run: (n: number, from: number, to: number, state: BlockState) =>
      `${count(n)} blocks, ${count(from)} to ${count(to)}, ${BLOCK_STATES[state]}: show each`,
    runShort: (n: number) => `${count(n)} blocks`,
    fold: 'Fold straight runs',
    legend: 'What the patterns mean',
    legendOf: {
      tip: 'your tip',
      active: 'in the chain',
      stale: 'stale: was in your chain until a reorg',
      rival: 'rival: never was in your chain',
      announced: 'rival, only its header came',
      refused: 'refused: broke a rule',
    },
    states: {
      active: 'In the chain',
      stale: 'Stale',
      rival: 'Rival',
      announced: 'Rival, header only',
      refused: 'Refused',
    },
    stories: {
      active: 'This block is in the chain.',
      stale:
        'This block was in your chain. Then a branch with more work came, and a reorg replaced it. Its messages went back to pending, unless the other branch has them too.',
      rival:
        'This block keeps all rules, but never was in your chain: another branch has more work, or came first.',
      announced:
        'You know this block by its header alone. It never was in your chain: another branch has more work, or came first, so this tab has not asked for the rest.',
      refused: 'This block was refused, and all that builds on it.',
    },
    unknownBlock: 'Unknown block',
    parent: (height: number) => `Its parent, #${count(height)}`,
    inPlace: (height: number) => `#${count(height)} in the chain`,
    noBody: 'This tab has no more of it than its header.',
    forgotten: 'This tab does not know this block, or has forgotten it.',
    log: 'What happened',
    /** `at`: the lowest height that was replaced. `returned`: own messages that are pending again. */
    reorg: (depth: number, at: number, returned: number) =>
      `Reorg ${count(depth)} deep at #${count(at)}: ${
        returned === 0
          ? 'nothing of yours was lost.'
          : returned === 1
            ? 'your message went back to pending.'
            : `${count(returned)} messages of yours went back to pending.`
      }`,
    replaced: (at: number, depth: number, newHeight: number) =>
      `${depth === 1 ? `Block #${count(at)} was` : `Blocks #${count(at)} to #${count(at + depth - 1)} were`} replaced by a branch with more work; it ended at #${count(newHeight)}.`,
    refusal: (height: number, name: string | undefined) =>
      `Refused #${count(height)}${name === undefined ? '' : ` from ${name}`}.`,
    brokenRule: (words: string) => `Reason: ${words}.`,
    look: 'Look at it',
    table: 'Blocks beside the chain',
    block: 'Block',
    state: 'What it is',
    producer: 'Mined by',
    heard: 'Heard here',
    heardBefore: 'before this page was opened',
    unknownProducer: 'not known: its body is not here',
    showAll: (n: number) => `Show all ${count(n)}`,
  },
  network: {
    heading: 'Peers',
    show: 'Show the network as',
    graph: 'Graph',
    table: 'Table',
    summary: (linked: number) =>
      counted(linked, 'peer is linked to this tab', 'peers are linked to this tab'),
    /** `reported`: nodes that only peers tell of. */
    alsoReported: (reported: number) =>
      reported === 0 ? '' : `they tell of ${counted(reported, 'more node', 'more nodes')}`,
    cut: (drawn: number, known: number) =>
      `Drawn: ${count(drawn)} of ${counted(known, 'node', 'nodes')} that this tab knows of, those that most peers are linked with.`,
    emptyHeading: 'No peers yet',
    empty: 'Open the room’s link in another tab, browser or machine. It shows up here within a second.',
    invite: 'Invite someone',
    loadingGraph: 'Loading the graph…',
    graphFailed: 'The graph could not be loaded. Here is the table.',
    graphLabel:
      'Graph of this tab, its peers and the nodes that they tell of. Arrow keys walk it, Enter opens.',
    nodeLabel: (name: string, role: string) => `${name}: ${role}`,
    self: 'this tab',
    selfTag: 'you',
    peerRole: (tip: string) => `peer, ${tip}`,
    reportedRole: 'not linked to this tab',
    legend: 'Legend',
    lines: {
      direct: 'link of this tab',
      introduced: 'link of this tab that peers introduced',
      reported: 'link between others, as they report it',
    },
    tips: {
      good: 'same tip as this tab',
      busy: 'behind or ahead',
      bad: 'other tip',
      idle: 'tip not known',
    },
    hop: 'a block: coming from who sent it to this tab, going to peers once they have it',
    peer: 'Peer',
    dialled: 'Dialled by',
    byYou: 'this tab',
    byThem: 'the peer',
    /** Who introduced the two, where it was not the server. */
    routes: { server: undefined, peers: 'introduced by peers', invitation: 'by invitation' },
    roundTrip: 'Round trip',
    height: 'Height',
    tip: 'Tip',
    sameTip: 'same tip',
    behind: (n: number) => `${count(n)} behind`,
    ahead: (n: number) => `${count(n)} ahead`,
    otherTip: 'other tip',
    received: 'Received',
    sent: 'Sent',
    since: 'Linked',
    actions: 'Actions',
    handshake: 'shaking hands…',
    details: 'Details',
    detailsOf: (name: string) => `Details of ${name}`,
    key: 'Account: its public key',
    notMeasured: 'not measured yet',
    notSaid: 'not said yet',
    path: 'Path',
    pathAsking: 'asking the browser…',
    pathUnknown: 'the browser doesn’t say',
    paths: {
      host: 'device to device (host)',
      reflexive: 'through an address translator (reflexive)',
      relay: 'through a TURN server (relay)',
    },
    pathHints: {
      host: 'Both sides use addresses of their own: no server is on the way.',
      reflexive: 'A router writes its own address on the packets; no server is on the way.',
      relay: 'A server forwards each packet. It can’t read them: they are encrypted from tab to tab.',
    },
    score: 'Misbehaviour',
    scoreOf: (score: number) => `${count(score)} of 100 points`,
    scoreHint: 'Points for broken rules. They fade; at 100 the peer is banned for ten minutes.',
    linksHeading: (n: number) => `Says that it is linked with ${counted(n, 'other node', 'other nodes')}`,
    linksNone: 'It has not said yet whom else it is linked with, or it is linked with nobody else.',
    linksHint: 'Told by the peer, about once a minute, at most 16. This tab can’t check it.',
    reportedHeading: 'Not linked to this tab',
    reportedHint: 'This tab knows of it only because peers say that they are linked with it:',
    selfHint:
      'This tab: a full node like the others. It sees its own links; what lies beyond, its peers tell it.',
    gone: 'There is no link to it any more, and no peer tells of it.',
    account: 'What it wrote, got and mined',
    disconnect: 'Disconnect',
    disconnectAsk: (name: string) =>
      `End the link to ${name}? Blocks still reach this tab over its other links. Either side may link again later.`,
    disconnectYes: 'End the link',
    disconnectNo: 'Keep it',
    unknown: '–',
  },
  wire: {
    heading: 'Messages as they pass',
    direction: 'Direction',
    directions: { received: 'Received', sent: 'Sent' },
    type: 'Type',
    peer: 'Peer',
    time: 'Time',
    size: 'Size',
    all: 'All',
    link: (id: string) => `link ${id}`,
    pause: 'Pause',
    resume: 'Resume',
    save: 'Save',
    clear: 'Clear',
    summary: (shown: number, kept: number, dropped: number) =>
      [
        shown === kept
          ? counted(kept, 'message', 'messages')
          : `${count(shown)} of ${counted(kept, 'message', 'messages')}`,
        dropped === 0 ? '' : `${count(dropped)} more came too fast to be shown`,
      ]
        .filter((fact) => fact !== '')
        .join(', '),
    pausedWith: (since: number) =>
      since === 0
        ? 'Paused. Nothing new so far.'
        : `Paused. ${counted(since, 'message has', 'messages have')} passed since.`,
    empty:
      'Nothing has passed since this view was opened. What others write or find shows at once, and peers ping each other every 30 seconds.',
    noneMatch: 'None of the messages here match the filter.',
    malformed: 'could not be decoded',
    malformedHint: 'These bytes are no message of this type: the peer was refused for them.',
    fields: 'Fields',
    field: 'Field',
    value: 'Value',
    noFields: 'This message has no fields: its type says it all.',
    emptyText: 'empty',
    items: (n: number) => counted(n, 'item', 'items'),
    moreItems: (n: number) => `and ${counted(n, 'more item', 'more items')}`,
    bytes: 'Bytes',
    idByte: 'The message’s type',
    cut: (shown: number, size: number) => `The first ${count(shown)} of ${count(size)} bytes.`,
    bytesHint: (size: string) =>
      `The first byte is the message’s type. On the link its length goes ahead of it, ${size} here, in four bytes.`,
    counts: 'Counted since this tab was opened',
    countsNone: 'Nothing yet: this tab has had no peer so far.',
    duplicates: 'Duplicates',
    duplicatesHint: 'Blocks that came although they were here',
    refusals: 'Broken rules',
    refusalsNone: 'Nothing yet: every message so far kept the rules.',
    banned: (n: number) =>
      n === 0 ? 'No peer is banned.' : `${counted(n, 'peer is', 'peers are')} banned for ten minutes.`,
  },
  stats: {
    table: 'Table',
    newest: 'newest',
    time: 'Time',
    block: 'Block',
    chartLabel: (heading: string, readings: readonly string[], points: number) =>
      `${heading}: ${list.format(readings)}. ${counted(points, 'point', 'points')}; the table has them all.`,
    rateHeading: 'Hash rate',
    mine: 'this tab',
    room: 'whole room, estimated',
    rateHint: (blocks: number) =>
      `The last hour. This tab measures its own rate. Nobody can measure the room’s: it is worked out from the work in ${count(blocks)} blocks and the time that they took, and luck moves it by a fifth.`,
    rateEmpty: 'Nothing in the last hour: this tab has not mined, and no blocks were made.',
    intervalHeading: 'Time between blocks',
    interval: 'since the block before',
    goal: 'what the difficulty aims at',
    intervalHint: (blocks: number) =>
      `The newest blocks, at most ${count(blocks)}, by their headers’ times. Finding a block is luck: long and short ones are both normal.`,
    intervalEmpty: 'Nothing yet: it takes two mined blocks.',
    difficultyHeading: 'Difficulty',
    difficulty: 'hashes for a block, on average',
    difficultyHint:
      'What each block’s own target asked for. It follows the room’s hash rate, and is halved for each two minutes that a block is waited for.',
    difficultyEmpty: 'Nothing yet: no block was mined so far.',
    delayHeading: 'From mined to heard here',
    delay: 'after the header’s time',
    delayHint:
      'Only blocks that a peer gave this tab while it was open. A header’s time has whole seconds and is by its producer’s clock, so a second more or less, or a time below zero, means nothing.',
    delayEmpty: 'Nothing yet: no block came from a peer since this tab was opened.',
  },
  toasts: {
    region: 'News',
    dismiss: 'Dismiss',
    sealed: (memo: string, height: number) => `${quoted(memo)} is sealed in block #${count(height)}.`,
    sealedTransfer: (amount: number, name: string, height: number) =>
      `${credits(amount)} to ${name}: sealed in block #${count(height)}.`,
    reorg: (depth: number, forkHeight: number, returned: number) =>
      `A longer chain replaced ${counted(depth, 'block', 'blocks')} above #${count(forkHeight)}. ${counted(returned, 'message of yours is', 'messages of yours are')} pending again.`,
    refused: (rule: string) => `Refused from a peer: ${rule.replaceAll('-', ' ')}.`,
  },
} as const;

const COMPOSE_PROBLEMS: Partial<Record<ComposeCode, string>> = {
  empty: 'There is nothing in it: write something first.',
  'memo-too-long': 'It is too long for one message: shorten it.',
  'memo-not-text': 'It holds characters that are not text: type it anew.',
  'bad-amount': 'An amount is a whole number, 0 or more.',
  'bad-recipient': 'The recipient is not an account: 64 hex digits.',
  overdraft: 'Your balance does not cover it.',
  'sender-limit': 'You have 25 messages pending: wait until some of them are sealed.',
  'mempool-full': 'Too much is pending in this room: wait until some of it is sealed.',
};

/** Why a message was not taken, and what to do. */
export function composeProblem(code: ComposeCode): string {
  return COMPOSE_PROBLEMS[code] ?? `The rules of the chain refuse it (${code}).`;
}

const MESSAGE_HINTS: Record<MessageName, string> = {
  hello: 'The first on a link: which room and chain, whose key, and a challenge to prove it by.',
  ready: 'Proves that the sender holds the key that its hello names.',
  ping: 'Are you there? The time until the pong is the round trip.',
  pong: 'The answer to a ping, with its token.',
  getHeaders: 'Asks for the headers after the newest block of this list that the other side knows.',
  headers: 'Block headers, 80 bytes each: the answer to getHeaders, or news of a block.',
  inv: 'Announces what the sender has, by ids. Who lacks some of it asks with getData.',
  getData: 'Asks for transactions or blocks by their ids.',
  notFound: 'What getData asked for and the sender does not have.',
  block: 'A whole block with its transactions.',
  tx: 'One transaction.',
  sendCompact: 'Says whether new blocks are to be sent at once, in compact form.',
  compactBlock:
    'A block as its header and six bytes for each transaction, which the receiver most likely has.',
  getBlockTxn: 'Asks for those transactions of a compact block that were not there.',
  blockTxn: 'The transactions that getBlockTxn asked for.',
  getPeers: 'Asks whom the other side is linked with.',
  peers: 'Whom the sender is linked with, so that they can be dialled through it.',
  signal: 'Sets up a link between two nodes, passed on by peers. Sealed: who passes it on can’t read it.',
  unroutable: 'A signal that could not be passed on.',
};

/** What a message of the wire is for. */
export function messageHint(name: MessageName): string {
  return MESSAGE_HINTS[name];
}

const REFUSALS: Record<PeerCode, string> = {
  'bad-version': 'Header with an unknown version',
  'bad-bits': 'Header with another target than the difficulty rule gives',
  'insufficient-work': 'Header whose hash is above its target',
  'time-too-old': 'Block stamped earlier than its predecessors allow',
  'time-too-new': 'Block stamped more than 90 seconds ahead of this clock',
  'unknown-parent': 'Block whose parent is not known here',
  'invalid-chain': 'Block on top of one that broke a rule',
  'bad-merkle-root': 'Block whose transactions are not those of its header',
  mutated: 'Block whose list of transactions repeats a part of itself',
  'block-too-large': 'Block that is too large',
  'no-coinbase': 'Block that does not begin with new credits',
  'extra-coinbase': 'Block that makes new credits twice',
  'bad-coinbase-height': 'Block whose first transaction names another height',
  'bad-coinbase-form': 'Block whose first transaction has a fee or a signature',
  'bad-coinbase-amount': 'Block that makes more or fewer credits than it may',
  'repeated-nonce': 'Block with two transactions of the same sender and nonce',
  'bad-transaction-version': 'Transaction with an unknown version',
  'stray-coinbase': 'New credits outside a block',
  'amount-to-nobody': 'Credits sent to nobody',
  'bad-signature': 'Transaction that its sender did not sign',
  'nonce-used': 'Transaction that is older than what its sender did since',
  'nonce-gap': 'Transaction that came before the one ahead of it',
  overdraft: 'Transaction that its sender’s balance does not cover',
  'already-known': 'Transaction that was here already',
  'sender-limit': 'Transaction of a sender that has too many pending',
  'gap-limit': 'Transaction that waits for others, when too many do',
  'replacement-fee': 'Replacement of a pending transaction, without a higher fee',
  'mempool-full': 'Transaction that pays less than all in a full mempool',
  'bad-frame': 'Frames that make no message',
  oversize: 'Message longer than its type may be',
  'unknown-message': 'Message of a type that does not exist',
  malformed: 'Message that could not be decoded',
  'out-of-order': 'Message out of turn',
  'wrong-protocol': 'Another version of the protocol',
  'wrong-room': 'Node of another room',
  'bad-proof': 'Key that the peer could not prove to hold',
  'handshake-timeout': 'Handshake that took too long',
  'ping-timeout': 'Peer that gave no sign of life any more',
  flood: 'Messages faster than their type may come',
  'ttl-not-counted': 'Signal that was passed on without being counted down',
  unrequested: 'Answer to a question that was not asked',
  'headers-discontinuous': 'Headers that don’t follow each other',
  'low-work': 'Chain with too little work',
  'bad-block-txn': 'Wrong transactions of a compact block',
  stalled: 'Peer that did not deliver in time what it was asked for',
  'slow-reader': 'Peer that asks faster than it reads',
};

/** Which rule was broken. */
export function refusalWords(code: PeerCode): string {
  return REFUSALS[code];
}

const INVITATION_PROBLEMS: Record<
  Exclude<InvitationProblem, 'wrong-kind' | 'used'> | 'engine-failed',
  string
> = {
  'no-letter': 'There is no such text in it: copy the whole of it, from “tabchain1.” to its last dot.',
  'other-version': 'It is of another version of tabchain: reload the page on both devices and begin anew.',
  damaged: 'A part of it is missing or changed: copy it again, from “tabchain1.” to its last dot.',
  'other-room': 'It is for another room: open the link of the room that it was made in.',
  expired: 'It is older than ten minutes: ask for a new one.',
  own: 'This tab made it: give it to somebody else, and paste here what they give you.',
  unknown: 'It answers no invitation of this tab. If you reloaded the page, make a new invitation.',
  linked: 'You are connected already.',
  full: 'No more links are possible now: disconnect somebody, or let another one invite.',
  busy: 'Too many links are being made at this moment: try again in a few seconds.',
  'too-many': 'Four are under way already: withdraw one first.',
  'engine-failed': 'The node has stopped: reload the page.',
};

/** Why a text, or the wish to invite, was not taken, and what to do. */
export function invitationProblem(
  problem: InvitationProblem | 'engine-failed',
  command: InvitationCommand['kind'],
): string {
  const answers = command === 'answer';
  if (problem === 'wrong-kind') {
    return answers
      ? 'This is an answer: who made the invitation has to paste it.'
      : 'This is an invitation: paste the answer to it, or answer it below.';
  }
  if (problem === 'used') {
    return answers
      ? 'This tab has answered it before: ask for a new invitation.'
      : 'This invitation is used up or withdrawn: make a new one.';
  }
  return INVITATION_PROBLEMS[problem];
}

/** Why an invitation came to nothing, and what to do. */
export function invitationFailure(reason: InvitationFailure, role: InvitationState['role']): string {
  const again = role === 'inviter' ? 'Make a new invitation.' : 'Ask for a new invitation.';
  switch (reason) {
    case 'expired':
      return `The ten minutes are over. ${again}`;
    case 'unreachable':
      return `There is no way from device to device. Put both in one network. ${again}`;
    case 'no-network':
      return 'This device has no network. Join one, and open the invitation again.';
    case 'browser':
      return `The browser has closed the connection. ${again}`;
    case 'refused':
      return 'There was a link, and one of the two nodes ended it at once: it has all the links that it can have, or does not follow the same rules. Let another node of the room invite.';
  }
}
