/**
 * Words of order outside of the Latin script, where no `\b` ends a word: more, first, next, last of all. Those of Chinese
 * and Japanese need no blank behind them.
 */
const ORDER =
  /^(?:(?:и|а|并且?|而且|그리고)[ \t]*)?(?:(另外|此外|还要|還要|また|さらに|加えて|또한|также|кроме того)|(首先|第一步|第一(?=[，,、：:])|先(?!生|前|日|週|月)|まず(?:は|最初に)?|最初に|はじめに|먼저|우선|сначала|сперва|для начала)|(然后|然後|接着|接著|接下来|接下來|随后|隨後|之后|之後|其次|再(?=[\u4e00-\u9fff])|第[二三四五六七](?:步|(?=[，,、：:]))|次に|つぎに|続いて|その後|それから|그 ?다음(?:에|으로)?|그런 다음|이어서|그 ?후에?|затем|потом|после этого|далее)|(最后|最後に?|最終的に|마지막으로|наконец|в конце|в заключение|напоследок))(?!\p{Script=Cyrillic})[，、，,：:]?[ \t]*/iu;
const POLITE =
  /^(?:请你?|請你?|麻烦你?|麻煩你?|请?帮我|請?幫我|帮忙|我(?:想|需要|要)(?:请?你)?|пожалуйста,?[ \t]+|お手数ですが、?)/iu;

/** What stands before an instruction in these languages: its length, and what it says of order. */
export interface LeadAbroad {
  readonly length: number;
  readonly order: "more" | "first" | "next" | "last" | null;
}

/** By the groups of ORDER. */
const KINDS = ["more", "first", "next", "last"] as const;

/** The word of order or politeness that `text` begins with; null where none does. */
export function readLeadAbroad(text: string): LeadAbroad | null {
  const [said, ...groups] = ORDER.exec(text) ?? [];
  const order = KINDS[groups.findIndex((group) => group !== undefined)];
  if (said !== undefined && order !== undefined) return { length: said.length, order };
  const [polite] = POLITE.exec(text) ?? [];
  return polite === undefined ? null : { length: polite.length, order: null };
}
