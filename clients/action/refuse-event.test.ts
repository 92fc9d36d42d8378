import { describe, expect, it } from "vitest";
import { refuseEvent } from "./refuse-event.ts";

const OWN = { full_name: "acme/shop" };
const FORK = { full_name: "stranger/shop" };
const pull = (head: unknown, name = "pull_request") => ({
  name,
  payload: { repository: OWN, pull_request: { number: 1, head: { repo: head } } },
});
const workflowRun = (head: unknown, event = "push") => ({
  name: "workflow_run",
  payload: { repository: OWN, workflow_run: { event, head_repository: head } },
});
const issue = (action: string, association: unknown, name = "issues") => ({
  name,
  payload: {
    action,
    repository: OWN,
    issue: { number: 1, author_association: association, user: { id: 7 } },
    sender: { id: 8, type: "User" },
    comment: { author_association: association },
  },
});

describe("refuseEvent()", () => {
  it.each([
    ["a fork", pull(FORK)],
    ["a deleted fork", pull(null)],
    ["a fork in a review", pull(FORK, "pull_request_review")],
    ["a pull request without a payload of one", { name: "pull_request", payload: {} }],
    ["a repository whose name is no text", pull({ full_name: ["acme/shop"] })],
    ["pull_request_target, of whatever head", pull(OWN, "pull_request_target")],
    ["a workflow run of a fork", workflowRun(FORK)],
    ["a workflow run without a head", workflowRun(null)],
    ["a workflow run after pull_request_target", workflowRun(OWN, "pull_request_target")],
    ["another event that carries a fork's pull request", { ...pull(FORK), name: "something_new" }],
  ])("refuses %s in every mode", (_, event) => {
    for (const mode of ["classify", "route", "run", "verdict"] as const)
      expect(refuseEvent(event, mode)).toMatchObject({ exit: 4 });
  });

  it.each([
    ["a pull request of this repository", pull(OWN)],
    ["the same in other letters", pull({ full_name: "Acme/Shop" })],
    ["a workflow run of this repository", workflowRun(OWN)],
    ["push", { name: "push", payload: {} }],
    ["schedule", { name: "schedule", payload: {} }],
    ["an issue that somebody labelled", issue("labeled", "NONE")],
    ["a stranger's issue that somebody else reopened", issue("reopened", "NONE")],
    ["workflow_dispatch", { name: "workflow_dispatch", payload: {} }],
    ["repository_dispatch", { name: "repository_dispatch", payload: {} }],
    ["an issue of a member", issue("opened", "MEMBER")],
  ])("lets %s through in every mode", (_, event) => {
    for (const mode of ["classify", "route", "run", "verdict"] as const) expect(refuseEvent(event, mode)).toBeNull();
  });

  it.each([
    "NONE",
    "CONTRIBUTOR",
    "FIRST_TIMER",
    "owner",
    undefined,
    ["OWNER"],
  ])("lets somebody with the association %j be advised, but start no paid run", (association) => {
    for (const event of [
      issue("opened", association),
      issue("edited", association),
      issue("created", association, "issue_comment"),
    ]) {
      expect(refuseEvent(event, "route")).toBeNull();
      expect(refuseEvent(event, "run")).toMatchObject({ exit: 4 });
    }
  });

  it.each([
    [
      "a review",
      { name: "pull_request_review", payload: { ...pull(OWN).payload, review: { author_association: "NONE" } } },
    ],
    [
      "a comment in a review",
      {
        name: "pull_request_review_comment",
        payload: { ...pull(OWN).payload, comment: { author_association: "NONE" } },
      },
    ],
    [
      "a discussion",
      { name: "discussion", payload: { action: "created", discussion: { author_association: "NONE" } } },
    ],
    ["a star", { name: "watch", payload: { action: "started" } }],
    ["a fork", { name: "fork", payload: {} }],
    ["an edit of the wiki", { name: "gollum", payload: {} }],
    ["a workflow run behind an issue", workflowRun(OWN, "issues")],
  ])("starts no paid run by %s of a stranger", (_, event) => {
    expect(refuseEvent(event, "route")).toBeNull();
    expect(refuseEvent(event, "run")).toMatchObject({ exit: 4 });
  });

  it.each([
    ["the author's own, as an issue template gives it", { id: 7, type: "User" }],
    ["an app's, which acts on whatever anybody writes", { id: 9, type: "Bot" }],
    ["one whose giver is not named", undefined],
  ])("takes a label for its author's word where it is %s", (_, sender) => {
    const labelled = (association: string) => {
      const { payload } = issue("labeled", association);
      return { name: "issues", payload: { ...payload, issue: { ...payload.issue, user: { id: 7 } }, sender } };
    };
    expect(refuseEvent(labelled("NONE"), "run")).toMatchObject({ exit: 4 });
    expect(refuseEvent(labelled("NONE"), "route")).toBeNull();
    expect(refuseEvent(labelled("MEMBER"), "run")).toBeNull();
  });
});
