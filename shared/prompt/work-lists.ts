import type { Block } from "./blocks.ts";
import { isInstruction, readInstruction } from "./instructions.ts";
import { toSentences } from "./sentences.ts";
import { namedArtifacts, readVerb } from "./work-words.ts";

/** Sections and lists that tell about the work and are none. */
const ABOUT =
  /^\W*(?:context|background|motivation|summary|overview|problem|description|notes?|steps to reproduce|reproduc|repro\b|how to reproduce|expected|actual|current|observed|environment|versions?|logs?\b|stack ?trace|errors?\b|constraints?|rules|guidelines|style|tone|out of scope|non-?goals|not in scope|references?|links?|resources|assumptions|questions|open questions|faq|examples?|inputs?\b|outputs?\b|given|data\b|tech(?:nology)? stack|hints?|tips|caveats|risks|stakeholders|timeline|do not|don['’]?t|never|avoid|anti-patterns|what (?:we|i) (?:tried|know)|already|背景|环境|環境|说明|注意|复现|重现|预期|实际|再現|期待|前提|補足|kontext|hinweise?|randbedingungen|contexte|contraintes|contexto|restricciones)/i;
const CRITERIA =
  /acceptance criteria|definition of done|success criteria|^\W*requirements\b|done when|^\W*criteria\b|akzeptanzkriterien|anforderungen|critères|exigences|criterios|requisitos/i;
/** Verbs that read the list below them as material. */
const READS_LIST =
  /^\W*(?:please\s+)?(?:summari[sz]e|translate|proofread|rank|sort|classify|categori[sz]e|compare|choose|pick|select|explain|review|answer|evaluate|analy[sz]e|rewrite|extract|which|what|who|why|how|describe|given|consider|convert|format|group|count|check whether)\b|\b(?:one of|either|options|alternatives|questions|goals|objectives|principles|ideas|following (?:text|sentences|reviews|notes|names|words|lines|quotes|data)|when|if|because|happens|already)\b[^:]*:?\W*$/i;
/** The same in Chinese, Japanese, Korean and Russian, where the verb may stand anywhere. */
const READS_ABROAD =
  /翻译|翻譯|总结|總結|概括|解释|解釋|分类|分類|排序|校对|润色|改写|比较|对比|選|选|哪|什么|为什么|怎么|如何|吗|翻訳|要約|説明|校正|比較|どれ|どの|なぜ|どう|번역|요약|설명|분류|비교|переведи|сравни|объясни|какой|почему/u;
/** An order below a list that takes it as material, and a question about it. */
const READS_ABOVE =
  /^\W*(?:please\s+|then\s+|now\s+)?(?:summari[sz]e|translate|proofread|rank|sort|classify|categori[sz]e|compare|explain|answer|evaluate|rewrite|extract|format|reformat|convert|group|count)\b|^\W*(?:please\s+)?(?:draft|write|suggest|give)\s+(?:me\s+)?(?:an?|one)\s+(?:\w+\s+)?(?:reply|response|answer|comment|headline|title)\b/i;
const ASKS_ABOUT = /^\W*(?:how|what|why|where|which|who|when|is|are|does|do|did|should)\b[^?]{0,280}\?\W*$/i;
/** An intro of what something does, has or is to be like, and of texts and customs: no order to do it. */
const DESCRIBES =
  /\b(?:that|which)\s+(?:\w+\s+){0,2}(?:does|do|performs?|runs?|executes?|goes|the following)\b|^\W*(?:it|this|that|the|my|our|your)\b[^:]*\b(?:does|performs|executes)\b|\bhow (?:to|i|we|you)\b|\b(?:rules|guidelines|conventions)\W*$|^(?!\W*(?:you|we|i|please|then|next)\b).*\b(?:should|must|shall|needs? to|has to|is able to|can|will)\W*$/i;
const CUSTOM =
  /\b(?:workflow|process|procedure|recipe|routine|notes|minutes|messages|commits|e-?mails|mails|complaints|reviews|feedback|quotes|responses|history|transcript|agenda|logs?)\b|\b(?:it|this|that|our|my|the|their)\b.*\b(?:has|had|goes|works|looks)\b/i;
/** An intro that says what a thing has, so that its items are no work of their own. */
const TELLS_PARTS =
  /\b(?:with|covering|includ(?:e|es|ing)|contain(?:s|ing)|about|using|these|following|columns|fields|sections|such as|that|which|has|have|supports?|from|criteria|topics|props|parameters|attributes|values|flags|arguments|mentions?|headings)\b/i;
const TELLS_WORK =
  /\b(?:features?|components|parts|modules|pages|screens|services|deliverables|pieces|tasks|steps|phases|milestones|to-?dos?|work items|workstreams|subtasks|plan)\b\W*$/i;
/** `Fix these bugs:`: what the order is about is listed, one piece of work an item. */
const EACH =
  /^\W*(?:please\s+)?(?:fix|resolve|address|solve|handle|close|tackle|implement|do|complete|finish|work (?:on|through)|take care of)\s+(?:all\s+(?:of\s+)?)?(?:these|the following|those|my|our|the)\s+(?:[\w-]+\s+){0,2}(?:bugs|issues|problems|defects|tickets|errors|warnings|findings|comments|things|items|points|requests|to-?dos?|tasks|features|changes|fixes|improvements)\W*$|\b(?:fix|resolve|address|solve|handle|close|tackle|implement)\s+(?:(?:all|each) of (?:them|these)|them all)\W*$/i;
/** `Here is what I need:`: an order without its verb. */
const DEMAND =
  /\b(?:i|we)(?:['’]d)?\s+(?:still\s+|also\s+)?(?:need|want|would like|like)(?:\s+the following|\s+these)?(?:\s+(?:for|from|by|before|at|on|in)\s+[^:.]{1,60})?\W*:\W*$/i;
const TELLS_TASKS =
  /\b(?:tasks|to-?dos?|work|issues|bugs|things|features|changes|goals|tickets|milestones|deliverables|plan)\b/i;
const STAGE = /^\W*(?:phase|step|part|task|stage|milestone|workstream|priority|story|ticket|deliverable)\s+\w{1,4}\b/i;
/** A criterion that limits the work instead of asking for a piece of it. */
const LIMITS =
  /^\W*(?:no|not|don['’]?t|do not|never|only|all existing|existing|keep|without|nothing|everything|p\d\d|avoid|must not)\b|\b(?:must not|cannot|may not|should not|no new|unchanged|within|under|at most|at least|less than|more than|below|above|faster|coverage|pass(?:es)?|backwards?|compatible|documented|reviewed)\b|[<>≤≥%]/i;
const BEHAVES = /\b(?:can|should|shall|must|is able to|are able to|gets?|sees?|receives?)\s+\w/i;

const CHARS_READ = 300;
const bodyOf = (masked: string, { bodyStart, end }: Block): string =>
  masked.slice(bodyStart, Math.min(end, bodyStart + CHARS_READ));

/** Items that stand together, and what introduces them. */
export interface BlockList {
  readonly items: readonly Block[];
  readonly intro: Block | null;
  /** The nearest heading above it. */
  readonly heading: Block | null;
  readonly after: Block | null;
}

/** The lists of a text: items in a row, whatever empty lines are between them. */
export function toLists(blocks: readonly Block[]): readonly BlockList[] {
  const lists: { items: Block[]; intro: Block | null; heading: Block | null; after: Block | null }[] = [];
  let heading: Block | null = null;
  blocks.forEach((block, i) => {
    const before = blocks[i - 1] ?? null;
    const open = before?.kind === "item" ? lists.at(-1) : undefined;
    if (block.kind === "heading") heading = block;
    if (block.kind !== "item") {
      if (open !== undefined) open.after = block;
    } else if (open !== undefined) open.items.push(block);
    else lists.push({ items: [block], intro: before, heading, after: null });
  });
  return lists;
}

/** The last sentence or line of what introduces a list. */
function introText(masked: string, intro: Block | null): string {
  if (intro === null) return "";
  const text = masked.slice(Math.max(intro.bodyStart, intro.end - CHARS_READ), intro.end);
  return (
    text
      .split(/(?<=[.!?])\s+|\n/)
      .at(-1)
      ?.trim() ?? ""
  );
}

const isMost = (count: number, all: number): boolean => all > 0 && count >= 0.6 * all;

/** Whether `text` begins with a verb that is one there: `Commit messages of the week:` names a list. */
function isInstructed(text: string): boolean {
  const verb = readVerb(text);
  return verb !== null && isInstruction(text, verb, { strict: true });
}

/** Whether the text around a list takes it as material, or tells how something is. */
function isToldAbout(masked: string, { intro, after }: BlockList): boolean {
  const lead = introText(masked, intro);
  const below = after?.kind === "paragraph" ? bodyOf(masked, after) : "";
  if (READS_ABROAD.test(lead)) return true;
  if (READS_LIST.test(lead) || DESCRIBES.test(lead) || READS_ABOVE.test(below) || ASKS_ABOUT.test(below)) return true;
  return CUSTOM.test(lead) && !TELLS_TASKS.test(lead) && !isInstructed(lead);
}

const FAULTS = /\b(?:problems?|bugs?|issues?|things?|faults?|errors?)\b/i;
/** Whether an item that tells what is wrong goes on to what is to be done about it. */
function endsInstructed(masked: string, item: Block): boolean {
  const sentences = toSentences(masked, {
    start: item.bodyStart,
    end: Math.min(item.end, item.bodyStart + 2 * CHARS_READ),
  });
  return sentences.slice(1).some((sentence) => readInstruction(masked, sentence) !== null);
}

/** Whether a list's items are pieces of work: most are instructions, or things to be made under an order to make them. */
export function isWorkList(masked: string, list: BlockList): boolean {
  const { items, intro, heading } = list;
  const lead = introText(masked, intro);
  const title = heading === null ? "" : bodyOf(masked, heading);
  if (items.length < 2 || ABOUT.test(lead) || ABOUT.test(title) || CRITERIA.test(lead) || CRITERIA.test(title))
    return false;
  if (isToldAbout(masked, list)) return false;
  if (EACH.test(lead)) return true;
  const bodies = items.map((item) => bodyOf(masked, item));
  const tells = TELLS_PARTS.test(lead) && !TELLS_WORK.test(lead.replace(/:\W*$/, ""));
  const isFaults = FAULTS.test(lead);
  const isDemand = DEMAND.test(lead);
  const instructed = items.filter((item) => {
    const read = readInstruction(masked, { start: item.bodyStart, end: item.end }, { isOpen: true });
    if (read === null && isFaults) return endsInstructed(masked, item);
    if (read === null || !tells || !read.verb.isNounToo) return read !== null;
    const body = masked.slice(item.bodyStart + read.lead.length, Math.min(item.end, item.bodyStart + CHARS_READ));
    return isInstruction(body, read.verb, { strict: true });
  });
  if (
    bodies.some((body) => /^\W*(?:if|when)\b/i.test(body)) ||
    bodies.filter((body) => /\?\s*$/.test(body)).length > items.length / 2
  )
    return false;
  if (isMost(instructed.length, items.length)) return true;
  const verb = readVerb(lead.replace(/^\W*(?:please |let's |we need to |i want to |help me )?/i, ""));
  const isOrder = ((verb?.phase ?? null) !== null && /:\W*$/.test(lead)) || isDemand;
  const things = bodies.filter(
    (body) =>
      body.length < 120 &&
      (namedArtifacts(body).length > 0 || (isDemand && /^(?:an?|one|two|three|\d+)\s/i.test(body))),
  );
  if (TELLS_WORK.test(lead.replace(/:\W*$/, "")))
    return isOrder || isMost(new Set([...instructed, ...things]).size, items.length);
  return isOrder && !tells && isMost(things.length, items.length);
}

const IN_ORDER =
  /\b(?:steps|(?:in|this|that|following) (?:exact |given |strict )?order|one (?:by one|after (?:another|the other))|in (?:turn|sequence)|sequentially|strictly in order)\b\W*$|\border matters\b|\bfollow (?:this|the|that) order\b/i;

/** Whether what introduces a list says that its items are done one after the other. */
export const isInOrder = (masked: string, { intro }: BlockList): boolean => IN_ORDER.test(introText(masked, intro));

/** Whether a numbered item asks for work of a kind that no table knows: then the numbers are all that says when. */
export function keepsPlace(masked: string, item: Block): boolean {
  if (item.number === null) return false;
  const verb = readInstruction(masked, { start: item.bodyStart, end: item.end }, { isOpen: true })?.verb;
  return verb?.isOpen === true && verb.phase === null;
}

/** The criteria of a list that each ask for a piece of behaviour; empty where the list holds no criteria. */
export function readCriteria(masked: string, { items, intro, heading }: BlockList): readonly Block[] {
  const isCriteria = [intro, heading].some((block) => block !== null && CRITERIA.test(bodyOf(masked, block)));
  if (!isCriteria) return [];
  return items.filter((item) => {
    const body = bodyOf(masked, item);
    const asks = BEHAVES.test(body) || readInstruction(masked, { start: item.bodyStart, end: item.end }) !== null;
    return asks && !LIMITS.test(body);
  });
}

const REPORT =
  /^\W*(?:actual|expected|observed|steps to reproduce|to reproduce|reproduction|seen|what (?:happened|happens|(?:i|we|did you) expect(?:ed)?))\b|^\W*(?:复现步骤|重现步骤|预期结果|实际结果|再現手順|再現方法|期待する?動作|실제 결과|재현)/i;

/** Whether a text reports a fault, so that its steps are those that show it. */
export const isFaultReport = (masked: string, blocks: readonly Block[]): boolean =>
  blocks.some((block) => block.kind !== "item" && REPORT.test(bodyOf(masked, block)));

/** An item that says how the work is to be done, or that is ticked off: it holds for the others. */
export function isRuleItem(masked: string, item: Block): boolean {
  const tick = /\[([ xX])\]/.exec(masked.slice(item.start, item.bodyStart))?.[1];
  // A box is ticked once its work is done, so one that is open is work whatever its verb.
  if (tick !== undefined) return tick !== " ";
  return /^\W*(?:keep|don['’]?t|do not|no|never|only|must|without|avoid|ensure|make sure|use)\b/i.test(
    bodyOf(masked, item),
  );
}

/** Whether a heading tells about the work (its section is no piece of it). */
export const isAboutHeading = (masked: string, heading: Block): boolean => {
  const title = bodyOf(masked, heading);
  return ABOUT.test(title) || CRITERIA.test(title);
};

/** Whether a heading names a piece of work. */
export function isWorkHeading(masked: string, heading: Block): boolean {
  if (isAboutHeading(masked, heading)) return false;
  const span = { start: heading.bodyStart, end: heading.end };
  const title = bodyOf(masked, heading);
  return (
    STAGE.test(title) ||
    readInstruction(masked, span) !== null ||
    (title.length < 60 && namedArtifacts(title).length > 0)
  );
}
