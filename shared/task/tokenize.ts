import type { Result } from "../base/result.ts";
import { fail, ok } from "../base/result.ts";
import { encodeUtf8 } from "../base/utf8.ts";
import { decodeBase64 } from "./base64.ts";
import type { Charsmap } from "./charsmap.ts";
import { parseCharsmap } from "./charsmap.ts";
import type { NormalizerSpec } from "./normalize.ts";
import { normalizeText } from "./normalize.ts";
import type { PieceTrie } from "./piece-trie.ts";
import { makePieceTrie, NO_NODE, nextNode, pieceIdAt, TRIE_ROOT } from "./piece-trie.ts";

export const PIECE_KINDS = ["normal", "control", "unknown", "byte", "user_defined", "unused"] as const;
export type PieceKind = (typeof PIECE_KINDS)[number];

/** One vocabulary entry; its place in the list is its id, a missing kind means "normal". */
export type PieceEntry = readonly [piece: string, score: number, kind?: PieceKind];

/** tokenizer.json: a SentencePiece unigram vocabulary with the flags of its normaliser. */
export interface TokenizerJson {
  readonly type: "unigram";
  readonly add_dummy_prefix: boolean;
  readonly remove_extra_whitespaces: boolean;
  readonly escape_whitespaces: boolean;
  readonly treat_whitespace_as_suffix?: boolean;
  readonly byte_fallback: boolean;
  /** Base64 of the binary table of charsmap.ts; null or missing for the identity normaliser. */
  readonly charsmap?: string | null;
  readonly pieces: readonly PieceEntry[];
}

/** A vocabulary ready for encode(). */
export interface Tokenizer {
  readonly pieces: readonly string[];
  readonly normalizer: NormalizerSpec;
  readonly trie: PieceTrie;
  /** Log probability that the search uses for each id. */
  readonly scores: Float64Array;
  readonly unknownId: number;
  readonly unknownScore: number;
  /** Id of each byte value, or null without byte fallback. */
  readonly byteIds: Int32Array | null;
}

/** SentencePiece's penalty of an unknown character below the least score of the vocabulary. */
const UNKNOWN_PENALTY = 10;

/**
 * SentencePiece starts its search for the greatest score at C's FLT_MIN, the least positive 32-bit float, so with the
 * usual negative scores a user-defined symbol costs 0.1 however long it is.
 */
const LEAST_MAX_SCORE = 2 ** -126;

const malformed = (detail: string) => fail({ kind: "malformed_data", what: "tokenizer", detail });

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isKind = (value: unknown): value is PieceKind => PIECE_KINDS.some((kind) => kind === value);

interface Piece {
  readonly piece: string;
  readonly score: number;
  readonly kind: PieceKind;
}

function parsePieces(value: unknown): Result<readonly Piece[]> {
  if (!Array.isArray(value)) return malformed("pieces is no list");
  const entries: readonly unknown[] = value;
  const pieces: Piece[] = [];
  const seen = new Set<string>();
  for (const [id, entry] of entries.entries()) {
    const [piece, score, kind = "normal"]: readonly unknown[] = Array.isArray(entry) ? entry : [];
    if (typeof piece !== "string" || piece === "" || typeof score !== "number" || !Number.isFinite(score)) {
      return malformed(`piece ${id} is not [text, score, kind?]`);
    }
    if (!isKind(kind)) return malformed(`piece ${id} has kind ${JSON.stringify(kind)}`);
    if (seen.has(piece)) return malformed(`piece ${id} repeats ${JSON.stringify(piece)}`);
    seen.add(piece);
    // SentencePiece holds scores as 32-bit floats, and ties are decided at that precision.
    pieces.push({ piece, score: Math.fround(score), kind });
  }
  return ok(pieces);
}

function parseByteIds(pieces: readonly Piece[]): Result<Int32Array> {
  const ids = new Int32Array(256).fill(-1);
  pieces.forEach(({ piece, kind }, id) => {
    const hex = kind === "byte" ? /^<0x([0-9A-F]{2})>$/.exec(piece)?.[1] : undefined;
    if (hex !== undefined) ids[Number.parseInt(hex, 16)] = id;
  });
  const missing = ids.indexOf(-1);
  return missing === -1 ? ok(ids) : malformed(`byte_fallback without a piece for byte ${missing}`);
}

function parseFlag(json: Readonly<Record<string, unknown>>, name: string, missing?: boolean): Result<boolean> {
  const value = json[name] ?? missing;
  return typeof value === "boolean" ? ok(value) : malformed(`${name} is not true or false`);
}

function parseTable(value: unknown): Result<Charsmap | null> {
  if (value === null || value === undefined || value === "") return ok(null);
  const bytes = typeof value === "string" ? decodeBase64(value) : null;
  return bytes === null ? malformed("charsmap is not base64") : parseCharsmap(bytes);
}

/** Scores as the search wants them: a user-defined symbol beats nearly every split of the same bytes. */
function toSearchScores(pieces: readonly Piece[], maxScore: number): Float64Array {
  return Float64Array.from(pieces, ({ piece, score, kind }) =>
    kind === "user_defined" ? Math.fround(encodeUtf8(piece).length * maxScore) - 0.1 : score,
  );
}

/** By a plain loop: this runs at every start of a worker, and lists of [id, piece] of all pieces took a third of it. */
function idsOf(pieces: readonly Piece[], isWanted: (kind: PieceKind) => boolean): readonly number[] {
  const ids: number[] = [];
  pieces.forEach(({ kind }, id) => {
    if (isWanted(kind)) ids.push(id);
  });
  return ids;
}

function parseNormalizer(json: Readonly<Record<string, unknown>>, pieces: readonly Piece[]): Result<NormalizerSpec> {
  const addDummyPrefix = parseFlag(json, "add_dummy_prefix");
  if (!addDummyPrefix.ok) return addDummyPrefix;
  const removeExtraWhitespaces = parseFlag(json, "remove_extra_whitespaces");
  if (!removeExtraWhitespaces.ok) return removeExtraWhitespaces;
  const escapeWhitespaces = parseFlag(json, "escape_whitespaces");
  if (!escapeWhitespaces.ok) return escapeWhitespaces;
  const treatWhitespaceAsSuffix = parseFlag(json, "treat_whitespace_as_suffix", false);
  if (!treatWhitespaceAsSuffix.ok) return treatWhitespaceAsSuffix;
  const charsmap = parseTable(json.charsmap);
  if (!charsmap.ok) return charsmap;
  const userDefined = idsOf(pieces, (kind) => kind === "user_defined");
  return ok({
    addDummyPrefix: addDummyPrefix.value,
    removeExtraWhitespaces: removeExtraWhitespaces.value,
    escapeWhitespaces: escapeWhitespaces.value,
    treatWhitespaceAsSuffix: treatWhitespaceAsSuffix.value,
    charsmap: charsmap.value,
    protectedPieces:
      userDefined.length === 0 ? null : makePieceTrie(userDefined.map((id) => [pieces[id]?.piece ?? "", id])),
  });
}

/** A tokenizer from tokenizer.json; `malformed_data` names the field that does not fit. Some 10 ms for 8k pieces. */
export function parseTokenizer(json: unknown): Result<Tokenizer> {
  if (!isRecord(json) || json.type !== "unigram") return malformed('type is not "unigram"');
  const pieces = parsePieces(json.pieces);
  if (!pieces.ok) return pieces;
  const unknownIds = idsOf(pieces.value, (kind) => kind === "unknown");
  const [unknownId] = unknownIds;
  if (unknownId === undefined || unknownIds.length > 1) return malformed(`${unknownIds.length} unknown pieces`);
  const normalizer = parseNormalizer(json, pieces.value);
  if (!normalizer.ok) return normalizer;
  const hasByteFallback = parseFlag(json, "byte_fallback");
  if (!hasByteFallback.ok) return hasByteFallback;
  const byteIds = hasByteFallback.value ? parseByteIds(pieces.value) : ok(null);
  if (!byteIds.ok) return byteIds;
  const normal = idsOf(pieces.value, (kind) => kind === "normal");
  if (normal.length === 0) return malformed("no normal piece");
  let [leastScore, maxScore] = [Number.POSITIVE_INFINITY, LEAST_MAX_SCORE];
  for (const id of normal) {
    const score = pieces.value[id]?.score ?? 0;
    if (score < leastScore) leastScore = score;
    if (score > maxScore) maxScore = score;
  }
  const found = idsOf(pieces.value, (kind) => kind === "normal" || kind === "user_defined");
  return ok({
    pieces: pieces.value.map(({ piece }) => piece),
    normalizer: normalizer.value,
    trie: makePieceTrie(found.map((id) => [pieces.value[id]?.piece ?? "", id])),
    scores: toSearchScores(pieces.value, maxScore),
    unknownId,
    unknownScore: Math.fround(leastScore - UNKNOWN_PENALTY),
    byteIds: byteIds.value,
  });
}

/** Best split of a text: for each end position the piece that ends there and where it starts. */
interface BestPath {
  readonly scores: Float32Array;
  readonly ids: Int32Array;
  /** Start of the piece; -1 where no path ends. */
  readonly starts: Int32Array;
}

/** Updates every end position that a piece from `start` reaches; says whether one of them is the single character. */
function extendFrom(tokenizer: Tokenizer, text: string, path: BestPath & { readonly start: number }): boolean {
  const { start } = path;
  const singleEnd = start + ((text.codePointAt(start) ?? 0) > 0xffff ? 2 : 1);
  // Every start is the end of an earlier piece or 0, so the score exists; 0 is right for the first.
  const scoreHere = path.scores[start] ?? 0;
  let hasSingle = false;
  let node = TRIE_ROOT;
  for (let end = start + 1; end <= text.length; end++) {
    node = nextNode(tokenizer.trie, node, text.charCodeAt(end - 1));
    if (node === NO_NODE) break;
    const id = pieceIdAt(tokenizer.trie, node);
    if (id < 0) continue;
    const score = (tokenizer.scores[id] ?? 0) + scoreHere;
    if (path.starts[end] === -1 || score > (path.scores[end] ?? 0)) {
      path.scores[end] = score;
      path.ids[end] = id;
      path.starts[end] = start;
    }
    hasSingle ||= end === singleEnd;
  }
  return hasSingle;
}

/** Viterbi over characters, in 32-bit sums and first-wins ties, so that equal scores split as in SentencePiece. */
function findBestPath(tokenizer: Tokenizer, text: string): BestPath {
  const size = text.length + 1;
  const path = {
    scores: new Float32Array(size),
    ids: new Int32Array(size),
    starts: new Int32Array(size).fill(-1),
  };
  let start = 0;
  while (start < text.length) {
    const end = start + ((text.codePointAt(start) ?? 0) > 0xffff ? 2 : 1);
    if (!extendFrom(tokenizer, text, { ...path, start })) {
      const score = Math.fround(tokenizer.unknownScore + (path.scores[start] ?? 0));
      if (path.starts[end] === -1 || score > (path.scores[end] ?? 0)) {
        path.scores[end] = score;
        path.ids[end] = tokenizer.unknownId;
        path.starts[end] = start;
      }
    }
    start = end;
  }
  return path;
}

/** Ids of `text`, equal to what spm_encode gives; never throws, and "" gives none. */
export function encode(tokenizer: Tokenizer, text: string): number[] {
  const normalized = normalizeText(tokenizer.normalizer, text);
  const path = findBestPath(tokenizer, normalized);
  const reversed: number[] = [];
  let end = normalized.length;
  while (end > 0) {
    const start = path.starts[end] ?? 0;
    const id = path.ids[end] ?? tokenizer.unknownId;
    if (id !== tokenizer.unknownId) {
      reversed.push(id);
    } else if (tokenizer.byteIds !== null) {
      const { byteIds } = tokenizer;
      for (const byte of encodeUtf8(normalized.slice(start, end)).reverse()) reversed.push(byteIds[byte] ?? id);
    } else if (reversed.at(-1) !== id) {
      // A run of unknown characters is one unknown piece.
      reversed.push(id);
    }
    end = start;
  }
  return reversed.reverse();
}
