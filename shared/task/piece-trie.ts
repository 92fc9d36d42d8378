/**
 * Prefix tree over UTF-16 units in three flat arrays: a node is the slot of an open-addressed hash table keyed by
 * (parent, unit). A Map a node would cost some 100 bytes each; this costs 10 a slot, and an isolate has 128 MB.
 */
export interface PieceTrie {
  /** Parent node + 1 of each slot; 0 marks an empty slot. */
  readonly parents: Int32Array;
  readonly units: Uint16Array;
  /** Id of the piece that ends in this slot, or -1. */
  readonly ids: Int32Array;
}

export const TRIE_ROOT = 0;
export const NO_NODE = -1;

/** Slot where (parent, unit) is or would be; `size` is a power of two and the table is at most half full. */
function findSlot(trie: PieceTrie, parent: number, unit: number): number {
  const mask = trie.parents.length - 1;
  // Two odd 32-bit constants spread parent and unit (golden ratio and a murmur3 finaliser constant).
  const mixed = Math.imul(parent, 0x9e3779b1) ^ Math.imul(unit, 0x85ebca6b);
  let slot = (mixed ^ (mixed >>> 15)) & mask;
  while (trie.parents[slot] !== 0 && (trie.parents[slot] !== parent + 1 || trie.units[slot] !== unit)) {
    slot = (slot + 1) & mask;
  }
  return slot;
}

/** Tree of `pieces`; a later piece with the same text replaces the earlier id. */
export function makePieceTrie(pieces: readonly (readonly [piece: string, id: number])[]): PieceTrie {
  const unitCount = pieces.reduce((total, [piece]) => total + piece.length, 1);
  const size = 2 ** Math.ceil(Math.log2(unitCount * 2));
  const trie = { parents: new Int32Array(size), units: new Uint16Array(size), ids: new Int32Array(size).fill(-1) };
  for (const [piece, id] of pieces) {
    let node = TRIE_ROOT;
    for (let i = 0; i < piece.length; i++) {
      const slot = findSlot(trie, node, piece.charCodeAt(i));
      trie.parents[slot] = node + 1;
      trie.units[slot] = piece.charCodeAt(i);
      node = slot + 1;
    }
    if (node !== TRIE_ROOT) trie.ids[node - 1] = id;
  }
  return trie;
}

/** Child of `node` along `unit`, or NO_NODE. */
export function nextNode(trie: PieceTrie, node: number, unit: number): number {
  const slot = findSlot(trie, node, unit);
  return trie.parents[slot] === 0 ? NO_NODE : slot + 1;
}

/** Id of the piece that ends at `node`, or -1. */
export const pieceIdAt = (trie: PieceTrie, node: number): number => trie.ids[node - 1] ?? -1;

/** Length in UTF-16 units of the longest piece that is a prefix of `text` from `start`; 0 when there is none. */
export function longestPieceLength(trie: PieceTrie, text: string, start: number): number {
  let longest = 0;
  let node = TRIE_ROOT;
  for (let at = start; at < text.length; at++) {
    node = nextNode(trie, node, text.charCodeAt(at));
    if (node === NO_NODE) break;
    if (pieceIdAt(trie, node) >= 0) longest = at + 1 - start;
  }
  return longest;
}
