import { type AsideModel, withoutAsides } from "./asides.ts";
import type { ModelConfig } from "./model-config.ts";
import { cutMiddle, toOneLine, withoutMarks } from "./plain-text.ts";
import type { Tokenizer } from "./tokenize.ts";
import { encode } from "./tokenize.ts";

/** Ids of the sequence marks and of the unknown piece; fixed by the graph contract (DeBERTa's vocabulary order). */
export const CLS_ID = 1;
export const SEP_ID = 2;
export const UNKNOWN_ID = 3;

// FNV-1a, 32 bit: the published offset basis and prime.
const FNV_OFFSET = 2166136261;
const FNV_PRIME = 16777619;

/** What one text feeds to an engine. */
export interface Features {
  /** [CLS], pieces after truncation, [SEP]. */
  readonly tokenIds: readonly number[];
  /** What the graph's `input_ids` takes; its attention mask is all ones of the same length. */
  readonly inputIds: readonly number[];
  /** Length of tokenIds. */
  readonly tokens: number;
  readonly truncated: boolean;
}

/** FNV-1a over the ids, each as four little-endian bytes. Unsigned 32 bit. */
export function hashIds(ids: readonly number[]): number {
  let hash = FNV_OFFSET;
  for (const id of ids) {
    for (let shift = 0; shift < 32; shift += 8) hash = Math.imul(hash ^ ((id >>> shift) & 0xff), FNV_PRIME);
  }
  return hash >>> 0;
}

/** Only A-Z, so that Python and JavaScript agree on every other character. */
const toLowerAscii = (text: string): string => text.replace(/[A-Z]+/g, (run) => run.toLowerCase());

/**
 * One space for a run of them, one line break for a run of breaks and the spaces around it, none at either end: how a
 * prompt was pasted says nothing about the task. ASCII alone, for the same reason as above.
 */
const collapseSpaces = (text: string): string =>
  text
    .replace(/[ \t\r\f\v]+/g, " ")
    .replace(/ ?\n[ \n]*/g, "\n")
    .replace(/^[ \n]+|[ \n]+$/g, "");

/** Piece ids, then the hashed bigrams and, for maxN 3, trigrams of the whole sequence. */
function toNgramIds(tokenIds: readonly number[], spec: { maxN: number; buckets: number; vocabSize: number }): number[] {
  const ids = tokenIds.slice(1, -1);
  for (let n = 2; n <= spec.maxN; n++) {
    for (let at = 0; at + n <= tokenIds.length; at++) {
      ids.push(spec.vocabSize + (hashIds(tokenIds.slice(at, at + n)) % spec.buckets));
    }
  }
  return ids.length === 0 ? [UNKNOWN_ID] : ids;
}

/** Cuts pieces over the cap to the configured head and tail: a prompt states its aim first and its context last. */
function truncate(pieces: readonly number[], config: ModelConfig): readonly number[] {
  if (pieces.length <= config.maxTokens - 2) return pieces;
  return [...pieces.slice(0, config.headTokens), ...pieces.slice(pieces.length - config.tailTokens)];
}

interface FeatureInput {
  readonly taskText: string;
  readonly tokenizer: Tokenizer;
  readonly config: ModelConfig;
  /** null or absent: nothing is left out as an aside. */
  readonly asides?: AsideModel | null;
}

/** What is read of a TaskText: the words about the work, in one line, where the model was trained on such texts. */
function toReadText({ taskText, config, asides = null }: FeatureInput): string {
  if (config.marks === "strip") {
    const plain = withoutMarks(cutMiddle(taskText));
    return toOneLine(asides === null ? plain : withoutAsides(plain, asides));
  }
  return config.spaces === "collapse" ? collapseSpaces(taskText) : taskText;
}

/** TaskText to ids: what is read of it, prefix, lower case where configured, pieces, truncation, features. Never throws. */
export function toFeatures(input: FeatureInput): Features {
  const { tokenizer, config } = input;
  const text = config.textPrefix + toReadText(input);
  const pieces = encode(tokenizer, config.lowercase === "ascii" ? toLowerAscii(text) : text);
  const tokenIds = [CLS_ID, ...truncate(pieces, config), SEP_ID];
  return {
    tokenIds,
    inputIds: config.features.kind === "pieces" ? tokenIds : toNgramIds(tokenIds, config.features),
    tokens: tokenIds.length,
    truncated: pieces.length > config.maxTokens - 2,
  };
}
