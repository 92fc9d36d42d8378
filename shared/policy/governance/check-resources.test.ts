import { describe, expect, it } from "vitest";
import { checkResources, listResources } from "./check-resources.ts";

const text = `---\nmodel_role: reader\n---
Read [the guide](../docs/guide.md#start), [the same](../docs/guide.md), ![a picture](pic.png "A title") and [the
root's](/README.md). Not [a site](https://example.org/x.md), [a place](#here) or [mail](mailto:a@b.c).
\`\`\`
[code](never.md)
\`\`\``;

describe("listResources()", () => {
  it("lists local files once, seen from the folder that is checked", () => {
    expect(listResources({ path: "agents/reader.agent.md", text })).toEqual([
      ...["docs/guide.md", "agents/pic.png", "README.md"],
    ]);
    expect(listResources({ path: "reader.agent.md", text })[0]).toBe("../docs/guide.md");
  });
});

describe("checkResources()", () => {
  it("names who misses what", () => {
    expect(checkResources([{ path: "agents/reader.agent.md", text }], (path) => path !== "README.md")).toEqual([
      { subject: "agents/reader.agent.md -> README.md", code: "resource_missing" },
    ]);
  });
});
