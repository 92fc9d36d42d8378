import { describe, expect, it } from "vitest";
import { CATEGORY_LABELS } from "../task/labels.ts";
import { readContextTags, toDomainMix } from "./domain-mix.ts";
import { PARAMETERS } from "./parameters.ts";

const mixOf = (category: (typeof CATEGORY_LABELS)[number], ...tags: string[]) =>
  toDomainMix(category, readContextTags(tags));
const sumOf = ({ domains, thrift }: ReturnType<typeof mixOf>): number =>
  domains.reduce((sum, [, share]) => sum + share, thrift);

/** The fifteen tags that smart-spawn knows. */
const PEER_TAGS =
  "typescript javascript python rust go java nextjs react vue supabase math security data sql css".split(" ");

describe("readContextTags()", () => {
  it("knows every tag of the peer, takes vision and long-context as needs and names the rest", () => {
    expect(readContextTags(PEER_TAGS)).toEqual({ acting: PEER_TAGS, needs: [], ignored: [] });
    expect(readContextTags(["vision", "cobol", "long-context"])).toEqual({
      acting: [],
      needs: ["vision", "long-context"],
      ignored: ["cobol"],
    });
  });
});

describe("toDomainMix()", () => {
  it("gives shares that sum to 1 for every category and any tags", () => {
    for (const category of CATEGORY_LABELS) {
      for (let n = 0; n <= PEER_TAGS.length; n += 1)
        expect(sumOf(mixOf(category, ...PEER_TAGS.slice(0, n)))).toBeCloseTo(1, 9);
    }
  });

  it("hands a tag's share to its domain, and less than half of the weight to all tags", () => {
    expect(Object.fromEntries(mixOf("coding", "math").domains).reasoning).toBeCloseTo(0.15, 9);
    const many = Object.fromEntries(mixOf("creative", ...PEER_TAGS).domains);
    expect(many.writing).toBeCloseTo(1 - PARAMETERS.contextTags.shareMax, 9);
  });

  it("has one key for one mix, whatever the order of the tags", () => {
    expect(mixOf("coding", "math", "sql").key).toBe(mixOf("coding", "sql", "security").key);
    expect(mixOf("coding", "math").key).not.toBe(mixOf("coding").key);
    expect(mixOf("coding", "long-context").key).not.toBe(mixOf("coding").key);
  });
});

describe("the table of categories", () => {
  it("maps each task type to the category whose first domain is the one that speaks for it", () => {
    const { mixes, byTaskType } = PARAMETERS.categories;
    for (const [taskType, domain] of Object.entries(PARAMETERS.domains)) {
      const category = byTaskType[taskType as keyof typeof byTaskType];
      expect(Object.keys(mixes[category].domains)[0]).toBe(domain);
    }
  });

  it("takes fixes for coding, design for creative and exploration for reasoning", () => {
    const { byTaskType } = PARAMETERS.categories;
    expect([byTaskType.bugfix, byTaskType.design, byTaskType.exploration]).toEqual(["coding", "creative", "reasoning"]);
  });
});
