import { describe, expect, it } from "vitest";
import { longestPieceLength, makePieceTrie, NO_NODE, nextNode, pieceIdAt, TRIE_ROOT } from "./piece-trie.ts";

/** Id of `piece`, or -1. */
function find(trie: ReturnType<typeof makePieceTrie>, piece: string): number {
  let node = TRIE_ROOT;
  for (let i = 0; i < piece.length && node !== NO_NODE; i++) node = nextNode(trie, node, piece.charCodeAt(i));
  return node === NO_NODE ? -1 : pieceIdAt(trie, node);
}

describe("makePieceTrie()", () => {
  it("finds every piece of 20,000 and no prefix that is none", () => {
    const pieces = Array.from({ length: 20_000 }, (_, i) => `${(i * 7919).toString(36)}\u2581${i % 97}`);
    const trie = makePieceTrie(pieces.map((piece, id) => [piece, id] as const));
    expect(pieces.every((piece, id) => find(trie, piece) === id)).toBe(true);
    const known = new Set(pieces);
    const prefixes = pieces.map((piece) => piece.slice(0, -1)).filter((prefix) => !known.has(prefix));
    expect(prefixes.every((prefix) => find(trie, prefix) === -1)).toBe(true);
  });

  it("finds nothing when it holds nothing", () => {
    expect(find(makePieceTrie([]), "a")).toBe(-1);
    expect(find(makePieceTrie([]), "")).toBe(-1);
  });
});

describe("longestPieceLength()", () => {
  it("gives the longest piece that starts there, or 0", () => {
    const trie = makePieceTrie([
      ["ab", 0],
      ["abcd", 1],
    ]);
    expect([0, 1, 4].map((start) => longestPieceLength(trie, "abcdabc", start))).toEqual([4, 0, 2]);
  });
});
