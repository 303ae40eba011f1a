/** The words of names.ts. Appending or reordering renames every node, so these lists stay as they are. */
const words = (text: string): readonly string[] => text.trim().split(/\s+/);

export const adjectives = words(`
  Amber Ashen Autumn Azure Birch Bold Brass Breezy Bright Bronze Calm Cedar Cherry Chestnut Clear Cobalt Copper
  Coral Cosmic Crimson Crystal Dawn Dewy Dusky Eager Ember Emerald Evening Fern Flint Foggy Forest Frosty Gentle
  Ginger Golden Granite Hazel Heather Hidden Honey Indigo Iron Ivory Ivy Jade Jolly Juniper Lilac Lime Linen Lively
  Lucky Lunar Maple Marble Mellow Merry Melodic Midnight Mint Misty Mossy Noble North Oak Ochre Olive Opal Orchid
  Pearl Pebble Pine Plum Polar Poppy Quiet Rainy River Rose Ruby Rustic Saffron Sage Sandy Scarlet Silent Silver Sky
  Slate Snowy Solar Spring Starry Stone Summer Sunny Swift Teal Thistle Topaz Velvet Violet Willow Winter Woolly
`);

export const animals = words(`
  Albatross Alpaca Antelope Badger Barracuda Bat Bear Beaver Beetle Bison Bobcat Buffalo Butterfly Camel Caribou Cat
  Chamois Cheetah Cicada Cod Condor Cormorant Cougar Crab Crane Cricket Crow Curlew Deer Dingo Dolphin Dormouse Dove
  Dragonfly Duck Eagle Egret Elk Falcon Ferret Finch Firefly Flamingo Fox Frog Gazelle Gecko Gibbon Goat Goose
  Grouse Gull Hare Hawk Hedgehog Heron Ibex Ibis Iguana Jackdaw Jaguar Jay Kestrel Kingfisher Kiwi Koala Lark Lemur
  Leopard Lion Lizard Llama Lobster Lynx Magpie Manatee Marmot Marten Mole Moose Moth Newt Nightingale Octopus Orca
  Osprey Otter Owl Panda Panther Parrot Pelican Penguin Plover Puffin Quail Rabbit Raccoon Raven Robin Salmon Seal
  Sparrow Squirrel Starling Stork Swallow Swan Tapir Tern Tiger Toad Trout Turtle Vole Walrus Weasel Whale Wolf Wren
  Yak Zebra
`);

export const places = words(`
  Abbey Archway Arena Attic Bakery Balcony Barn Bay Beach Bench Bridge Brook Cabin Camp Canal Canyon Cape Castle
  Cave Cellar Chapel Clearing Cliff Corner Cottage Court Cove Creek Crossing Delta Depot Dock Dune Farm Ferry Field
  Fjord Ford Forge Fountain Gallery Garden Gate Glacier Glade Grove Hall Hamlet Harbour Haven Heath Hill Hollow Inn
  Island Junction Kiln Lagoon Lake Lane Library Lighthouse Loft Lookout Market Marsh Meadow Mill Moor Mountain Nook
  Oasis Orchard Paddock Pass Pavilion Peak Pier Plateau Plaza Pond Porch Quarry Quay Ranch Reef Ridge Shore Spire
  Square Steps Stable Station Studio Summit Terrace Theatre Tower Trail Valley Village Vineyard Wharf Workshop
`);
