import { describe, expect, it } from "vitest";
import { readLeadAbroad } from "./lead-abroad.ts";
import { readUnspaced } from "./unspaced-verbs.ts";

describe("readUnspaced()", () => {
  it.each([
    ["编写登录接口", "write", 2],
    ["为登录接口编写单元测试", "write", 7],
    ["把这份报告翻译成英文", "translate", 7],
    ["ログイン画面を実装してください。", "implement", 0],
    ["管理画面のテストを追加", "add", 0],
    ["レポートを書いて、", "write", 0],
    ["比較表を作成してもらえますか？", "create", 0],
    ["デプロイする", "deploy", 0],
    ["회원가입 API를 구현하세요", "implement", 0],
  ])("reads %s", (text, word, length) => {
    expect(readUnspaced(text)).toEqual({ word, length });
  });

  it.each([
    "设计方案没有通过",
    "部署失败了",
    "更新后页面是空白的",
    "このコードは最初にデータを生成し、最後に検証します。",
    "설정이 이상합니다",
    "Build the page",
    "",
  ])("takes %j for no order", (text) => {
    expect(readUnspaced(text)).toBeNull();
  });
});

describe("readLeadAbroad()", () => {
  it.each([
    ["首先，调研", "first", 3],
    ["然后编写", "next", 2],
    ["最後にテスト", "last", 3],
    ["次に実装", "next", 2],
    ["затем построй", "next", 6],
    ["마지막으로 배포", "last", 6],
    ["另外，更新", "more", 3],
    ["请编写", null, 1],
  ])("reads what %s begins with", (text, order, length) => {
    expect(readLeadAbroad(text)).toEqual({ order, length });
  });

  it("reads no word of order out of a longer one", () => {
    expect(readLeadAbroad("先生に送る")).toBeNull();
    expect(readLeadAbroad("потомки")).toBeNull();
    expect(readLeadAbroad("第二季度的销售")).toBeNull();
    expect(readLeadAbroad("then build")).toBeNull();
  });
});
