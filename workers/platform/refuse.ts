/**
 * What a deploy without `--env` publishes: a worker with no bindings that says so. The service is three
 * environments of one configuration; their shared top level must never look like a working part of it.
 */
export default {
  fetch(): Response {
    return Response.json(
      { error: { code: "UNAVAILABLE", message: "Deploy with --env router, --env enricher or --env executor." } },
      { status: 503 },
    );
  },
};
