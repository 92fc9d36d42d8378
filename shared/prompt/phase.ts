import type { Phase, Verb } from "./work-words.ts";

/** Chars of an instruction in which what it makes is named. */
const OBJECT_CHARS = 80;
/** Words of the object before the one that names it; a joining word ends the object. */
const BEFORE = "(?:(?!(?:and|or|then|over|from|to|in|for|with|that|which|on)\\b)[\\w'-]+\\s+){0,4}?";
const TESTS = new RegExp(
  `^${BEFORE}(?:tests|specs|test (?:suite|coverage|cases?)|(?:\\w+ )?coverage|(?:\\w+ions|unit|last)tests?|pruebas|test(?=\\s*(?:[.,;:!?]|$)|\\s+(?:for|that|of|to|in|covering|case|de|für|pour)\\b))\\b`,
  "i",
);
/** As an item's first word, whether verb or noun; not of what tests are only run with. */
const TESTING =
  /^(?:(?:load|unit|integration|smoke|e2e|end-to-end|regression|stress)[- ])?(?:tests?|testing|qa)\b(?![- ](?:data|fixtures?|env\w*|servers?|accounts?|users?|runners?|frameworks?|harness|setup|utils?|helpers?))/i;
const DOCS = new RegExp(
  `^${BEFORE}(?:docs|documentation|dokumentation|documentación|readme|changelog|tutorial|runbook|user guide|release notes|manual)\\b`,
  "i",
);
const DESIGNS = new RegExp(
  `^${BEFORE}(?:wireframes?|mockups?|design doc(?:ument)?|architecture|(?:implementation|project|test|migration|launch) plan)\\b`,
  "i",
);
const ROLLOUT = /^(?:[\w-]+\s+){0,2}?(?:deployment|hosting|rollout|release)\b/i;
const MAKES_TESTS = /^(?:write|add|update|create|extend|improve|implement|generate|build|develop|prepare)$/;
const MAKES_TEXT = /^(?:write|add|update|create|draft|prepare|improve|extend|complete|produce|edit)$/;
const SETS_UP = /^(?:set up|configure|automate|prepare|add|create)$/;

/** What is made, in Chinese, Japanese, Korean and Russian; the clause that names it ends at its mark. */
const MADE_ABROAD: readonly (readonly [RegExp, Phase])[] = [
  [/测试|測試|テスト|테스트|тест/iu, "test"],
  [/(?:说明|接口|使用|技术|API|開発)?(?:文档|文檔|手册)|ドキュメント|マニュアル|README|문서|документаци/iu, "docs"],
  [/方案|架构|架構|原型|线框|仕様書?|設計書|ワイヤーフレーム|설계서/u, "design"],
];

/** Cyrillic, kana, Han, Hangul. */
const ABROAD = /[\u0400-\u04ff\u3041-\u30ff\u4e00-\u9fff\uac00-\ud7a3]/;

function phaseAbroad(after: string): Phase {
  const [clause = ""] = after.slice(0, OBJECT_CHARS).split(/[，、,。；;！!\n]/u, 1);
  return MADE_ABROAD.find(([words]) => words.test(clause))?.[1] ?? "build";
}

/** The phase of work that an instruction opens: that of its verb, unless what it makes says better (`write tests`). */
export function phaseOf(verb: Verb, after: string): Phase | null {
  if (verb.phase !== "build") return verb.phase;
  if (ABROAD.test(after.slice(0, OBJECT_CHARS))) return phaseAbroad(after);
  const object = after.slice(0, OBJECT_CHARS).trimStart();
  if (MAKES_TESTS.test(verb.word) && TESTS.test(object)) return "test";
  if (MAKES_TEXT.test(verb.word) && DOCS.test(object)) return "docs";
  if (DESIGNS.test(object)) return "design";
  return SETS_UP.test(verb.word) && ROLLOUT.test(object) ? "deploy" : "build";
}

/** The phase of a thing to be made (`End-to-end tests`, `Deployment`); null where it names no phase of its own. */
export function phaseOfThing(text: string): Phase | null {
  const object = text.replace(/^\W+/, "").slice(0, OBJECT_CHARS);
  if (TESTS.test(object) || TESTING.test(object)) return "test";
  if (DOCS.test(object)) return "docs";
  if (DESIGNS.test(object)) return "design";
  return ROLLOUT.test(object) ? "deploy" : null;
}
