import words from "../data/work-words.json" with { type: "json" };

/** A verb of a language that is written without blanks, or that puts it at the clause's end. */
export interface UnspacedVerb {
  /** In English. */
  readonly word: string;
  /** UTF-16 units to the verb's end, where the verb stands before its object; 0 where it ends the clause. */
  readonly length: number;
}

interface Table {
  readonly pattern: RegExp;
  readonly verbs: ReadonlyMap<string, string>;
}

/** The longest forms first, so that none is read as a shorter one. */
function toTable(forms: Readonly<Record<string, readonly string[]>>, toSource: (stems: string) => string): Table {
  const verbs = new Map(Object.entries(forms).flatMap(([verb, said]) => said.map((form) => [form, verb] as const)));
  const stems = [...verbs.keys()].sort((a, b) => b.length - a.length).join("|");
  return { pattern: new RegExp(toSource(stems), "u"), verbs };
}

/** Chinese: the verb opens the clause, or stands behind what it is done to (`把…翻译成…`, `为…编写…`). */
const CHINESE = toTable(
  words.unspaced.zh,
  (stems) =>
    `^(?:(?:再|去|来|一起|共同|同时|并且?)?|(?:把|将|为|對|对|给|給|在|用|从|從|根据|根據|基于|基於|针对|針對|按照)[^，,。；;！？\\n]{1,30}?)(${stems})`,
);
/** `设计方案`, `测试失败`, `更新后`: a noun, or a time. */
const NO_ORDER =
  /^(?:的|了|是|很|不|中|[后後](?![台端续續])|时|時|失败|失敗|报错|過程|过程|方案|结果|結果|会|會|和|与|及|者|员|師|师|$)/u;

const ASKED =
  "(?:(?:ください|下さい|ほしい|欲しい|くれ|おいて(?:ください)?|もらえますか|いただけますか|いただきたい(?:です)?)(?:ませんか)?)?";
/** Where a clause ends. */
const ENDS = "(?=[ \\t]*(?:[、，,。；;！!？?\\n)）]|$))";
/** A bare noun (`画面の実装`) is work only where nothing follows; a verb's own forms end with a kana. */
const ENDS_ITEM = "(?:(?<=[\\u3041-\\u309f])(?=[、，,])|(?=[ \\t]*[。！!]?$))";
/** Japanese: the verb ends the clause, as an order, in its dictionary form, or joined to the next. */
const JAPANESE = toTable(
  words.unspaced.ja,
  (stems) =>
    `^(?:[^。！？!?；;：:\\n]{1,120}?(?:を|の|に|へ|と|も|で))?(${stems})(?:を?(?:し(?:て)?${ASKED}|する(?:こと)?|お願いします|お願いいたします)${ENDS}|${ASKED}${ENDS_ITEM})`,
);
const KOREAN = toTable(
  words.unspaced.ko,
  (stems) =>
    `^(?:[^.。!?;:：\\n]{1,120}?[ \\t])?(${stems})(?:(?:해|하여)[ \\t]?(?:주세요|주십시오|줘|야 합니다)|하세요|하십시오|하기|하고|한 (?:다음|후|뒤)에?|합니다|한다|할 것|)(?=[ \\t]*(?:[,.;!\\n]|$))`,
);

/** A Japanese sentence that ends politely tells or asks; orders end otherwise. */
const TELLS =
  /^[^。！？!?]*?(?<!お願い|願いいた|もらえます|いただけます)(?:ます|です|ました|でした|ません|か|のですが)[ \t]*(?:[。！？!?]|$)/u;

const HAN_FIRST = /^[\u4e00-\u9fff]/;
const KANA = /[\u3041-\u30ff]/;
const HANGUL = /[\uac00-\ud7a3]/;

/** The verb of the Chinese instruction that `text` begins with; null where it begins with none. */
function readChinese(text: string): UnspacedVerb | null {
  const [said, stem = ""] = CHINESE.pattern.exec(text) ?? [];
  const word = CHINESE.verbs.get(stem);
  if (said === undefined || word === undefined || NO_ORDER.test(text.slice(said.length))) return null;
  return { word, length: said.length };
}

function readFinal({ pattern, verbs }: Table, text: string): UnspacedVerb | null {
  const word = verbs.get(pattern.exec(text)?.[1] ?? "");
  return word === undefined ? null : { word, length: 0 };
}

/**
 * The verb of the Chinese, Japanese or Korean instruction at the start of `text`: whole clauses in Japanese and Korean,
 * as their verb comes last. Reads 160 UTF-16 units at most.
 */
export function readUnspaced(text: string): UnspacedVerb | null {
  const head = text.slice(0, 160);
  const [line = ""] = head.split("\n", 1);
  if (KANA.test(line)) return TELLS.test(line) ? null : readFinal(JAPANESE, line);
  if (HANGUL.test(line)) return readFinal(KOREAN, line);
  return HAN_FIRST.test(line) ? readChinese(line) : null;
}
