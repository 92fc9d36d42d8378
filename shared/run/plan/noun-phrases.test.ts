import { describe, expect, it } from "vitest";
import { findMakers, readThings } from "./noun-phrases.ts";

describe("readThings()", () => {
  it("tells what a part makes from what it takes as known", () => {
    expect(readThings("Build a pitch deck from the comparison memo")).toMatchObject({
      made: [["pitch", "deck"]],
      known: [["comparison", "memo"]],
    });
    expect(readThings("Create the invoices table").made).toEqual([["invoice", "table"]]);
    expect(readThings("Deploy the page")).toMatchObject({ made: [], known: [["page"]] });
  });

  it("reads below a heading, and names subjects without kinds of things", () => {
    const { made, topics } = readThings("Schema\nCreate tables for teams");
    expect(made).toEqual([["table"]]);
    expect(topics).toEqual(["team"]);
  });

  it("takes any text", () => {
    for (const text of ["", "the", "a the a", "\n", "the 日本語", "-".repeat(1_000), "the ".repeat(1_000)])
      expect(readThings(text).made).toBeInstanceOf(Array);
  });
});

describe("findMakers()", () => {
  it("finds the part whose thing has the best fitting name, and no part that makes its own", () => {
    const parts = ["Build an export endpoint", "Build a login endpoint", "Put a button on the export endpoint"].map(
      readThings,
    );
    const [exporting, , button] = parts;
    expect(button === undefined ? [] : [...findMakers(button, parts)]).toEqual([exporting]);
    const own = readThings("Add a page and link the page");
    expect(findMakers(own, [own, readThings("Build a page")]).size).toBe(0);
  });
});
